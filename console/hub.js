import { byId } from './dom.js';
import { language, say, word } from './words.js';

export const TOKEN = 'hecha-token';
const TONES = { CONFIRMED: 'good', TRUE: 'good', REFUTED: 'bad', FALSE: 'bad', EXEMPT: 'good' };

/** Null where the hub gave no data; what went wrong stands in the notice. */
export async function ask(query, variables = {}) {
  const token = sessionStorage.getItem(TOKEN);
  let answer;
  try {
    const response = await fetch('../graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    if (response.status === 401) return tell(word('badToken'));
    answer = await response.json();
  } catch {
    return tell(word('unreachable'));
  }
  for (const { message, extensions } of answer.errors ?? [])
    tell(say('refused', `${extensions?.code ?? ''} ${message}`));
  return answer.data ?? null;
}

/** Says something to everybody, also to those who hear the page. Returns null. */
export function tell(text) {
  byId('notice').textContent = text;
  return null;
}

/** Fills a section; without children it is hidden. */
export function show(id, ...children) {
  byId(id).hidden = children.length === 0;
  byId(id)
    .querySelector('.body')
    .replaceChildren(...children);
}

/** Only what speaks against somebody is red; what says nothing about them is neither. */
export function toneOf(code) {
  return TONES[code] ?? 'open';
}

export function dueOf({ dueOn, dueIsProvisional }) {
  return dueOn + (dueIsProvisional === true ? word('provisional') : '');
}

/** By the clock of Asia/Shanghai. */
export function timeOf(instant) {
  const locale = language() === 'en' ? 'en-GB' : 'zh-CN';
  return new Date(instant).toLocaleString(locale, { timeZone: 'Asia/Shanghai' });
}
