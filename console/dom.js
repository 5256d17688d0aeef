export const byId = (id) => document.getElementById(id);

/**
 * An element with properties and children. Texts become text nodes, never markup; null children
 * are left out.
 */
export function el(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A table whose first column names its rows. */
export function table(caption, heads, rows) {
  const head = heads.map((text) => el('th', { scope: 'col' }, text));
  return el(
    'table',
    {},
    el('caption', {}, caption),
    el('thead', {}, el('tr', {}, ...head)),
    el('tbody', {}, ...rows),
  );
}

/** A row of a table: the name, then texts or elements. */
export function row(name, ...cells) {
  const rest = cells.map((cell) => el('td', {}, cell));
  return el('tr', {}, el('th', { scope: 'row' }, name), ...rest);
}

/** A control with its label above it. */
export function labeled(text, control) {
  return el('label', {}, text, control);
}

export function linesOf(texts) {
  return el('ul', {}, ...texts.map((text) => el('li', {}, text)));
}

/** Runs instead of sending the form, whose button rests meanwhile. */
export async function submit(event, run) {
  event.preventDefault();
  const { currentTarget } = event;
  const control = event.submitter ?? currentTarget.querySelector('[type=submit]') ?? currentTarget;
  control.disabled = true;
  try {
    await run();
  } finally {
    control.disabled = false;
  }
}
