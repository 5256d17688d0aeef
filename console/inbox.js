import { el, labeled, linesOf, submit } from './dom.js';
import { ask, dueOf, show, tell } from './hub.js';
import { APPROVE, INBOX, REPLY, RETURN } from './operations.js';
import { list, say, word } from './words.js';

const ANSWERS = ['CONFIRMED', 'DENIED', 'NO_RECORD', 'CANNOT_DETERMINE'];

/** Shows the requests the assisting agency received, with a form where there is no reply yet. */
export async function loadInbox() {
  const data = await ask(INBOX);
  if (data === null) return;
  const requests = data.assistanceRequests.nodes;
  show('inbox', ...(requests.length === 0 ? [word('none')] : requests.flatMap(requestParts)));
}

function requestParts(request) {
  const { subjectName, subjectCode, matterName, legalBasis, askingAgency, overdue } = request;
  const state = overdue ? word('overdue') : word(`state.${request.state}`);
  const title = `${request.requestNumber} ${subjectName} ${subjectCode}`;
  return [
    el('h3', {}, title),
    el('p', {}, list(matterName, say('basis', legalBasis), say('asker', askingAgency))),
    el('p', { className: overdue ? 'open' : '' }, list(state, say('due', dueOf(request)))),
    ...actionParts(request, title),
  ];
}

/** What the clerk can do now: answer, look at what a colleague proposes, or read the reply. */
function actionParts(request, title) {
  const { proposal, reply, allowedSteps } = request;
  if (proposal !== null) return [proposalForm(request, title)];
  if (reply !== null) return [replyOf(request)];
  const isOpen = allowedSteps.includes('REPLY') || allowedSteps.includes('ACCEPT');
  return isOpen ? [replyForm(request, title)] : [];
}

/** Nobody approves what they proposed themselves: the hub refuses it. */
function proposalForm({ id: requestId, version, proposal, questions }, title) {
  const note = el('input', { maxLength: 1000 });
  const act = (operation) => (event) =>
    submit(event, async () => {
      const text = note.value.trim() === '' ? null : note.value;
      const input = { requestId, version, idempotencyKey: crypto.randomUUID(), note: text };
      const payload = (await ask(operation, { input }))?.done ?? null;
      if (payload === null) return;
      if (payload.request !== null) await loadInbox();
      tell(payload.userErrors.map(({ message }) => message).join(' ') || word('done'));
    });
  const lines = proposal.answers.map(({ question, outcome, note: said }) => {
    const text = questions.find(({ code }) => code === question)?.text ?? question;
    return `${text} ${word(`answer.${outcome}`)} ${said ?? ''}`;
  });
  const ground = proposal.ground === null ? [] : [proposal.ground];
  const button = (name, operation) =>
    el(
      'button',
      { type: 'button', 'aria-label': `${word(name)} ${title}`, onclick: act(operation) },
      word(name),
    );
  return el(
    'div',
    {},
    linesOf([...ground, ...lines, proposal.note ?? '', say('proposedBy', proposal.by)]),
    labeled(word('note'), note),
    button('approve', APPROVE),
    button('return', RETURN),
  );
}

function replyOf({ reply, questions }) {
  const lines = reply.answers.map(({ question, outcome, note }) => {
    const text = questions.find(({ code }) => code === question)?.text ?? question;
    return `${text} ${word(`answer.${outcome}`)} ${note ?? ''}`;
  });
  const signed = list(say('answererName', reply.answererName), say('asOf', reply.asOf));
  return linesOf([...lines, signed]);
}

function replyForm({ id: requestId, questions }, title) {
  const answers = questions.map(({ code, text }) => ({
    text,
    code,
    outcome: el(
      'select',
      { required: true },
      el('option', { value: '' }, '…'),
      ...ANSWERS.map((value) => el('option', { value }, word(`answer.${value}`))),
    ),
    note: el('input', { maxLength: 500 }),
  }));
  const answerer = el('input', { required: true, maxLength: 64, autocomplete: 'name' });
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format();
  const asOf = el('input', { type: 'date', required: true, max: today, value: today });
  const onsubmit = (event) =>
    submit(event, async () => {
      const given = answers.map(({ code, outcome, note }) => ({
        question: code,
        outcome: outcome.value,
        note: note.value.trim() === '' ? null : note.value,
      }));
      const input = { requestId, answers: given, answererName: answerer.value, asOf: asOf.value };
      const payload = (await ask(REPLY, { input }))?.replyToAssistance ?? null;
      if (payload === null) return;
      if (payload.request !== null) await loadInbox();
      tell(payload.userErrors.map(({ message }) => message).join(' ') || word('replied'));
    });
  const controls = [
    ...answers.flatMap(({ text, outcome, note }) => [
      labeled(text, outcome),
      labeled(word('note'), note),
    ]),
    labeled(word('answererName'), answerer),
    labeled(word('asOf'), asOf),
  ];
  return el(
    'form',
    { onsubmit },
    el('div', { className: 'grid' }, ...controls),
    el('button', { type: 'submit', 'aria-label': `${word('reply')} ${title}` }, word('reply')),
  );
}
