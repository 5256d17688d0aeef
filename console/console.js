import { byId, el, labeled, row, submit, table } from './dom.js';
import { ask, dueOf, show, tell, timeOf, TOKEN, toneOf } from './hub.js';
import { loadInbox } from './inbox.js';
import { CASE, CASEWORK, ME, VERIFY } from './operations.js';
import { loadSources } from './sources.js';
import { loadVerdict } from './verdict.js';
import { language, list, say, switchLanguage, word } from './words.js';

const UNSTATED = ['STATUS', 'HOLDER_CODE', 'CREDIT_STANDING', 'STATEMENT'];
const CASEWORKERS = ['COUNTER', 'REGULATOR', 'JUSTICE', 'CREDIT', 'MARKET'];
const open = { caseId: null, verificationId: null };

/** Everything the token's roles may see, anew. */
async function load() {
  document.documentElement.lang = language() === 'en' ? 'en' : 'zh-CN';
  byId('language').textContent = language() === 'en' ? '中文' : 'English';
  byId('language').lang = language() === 'en' ? 'zh-CN' : 'en';
  for (const element of document.querySelectorAll('[data-word]'))
    element.textContent = word(element.dataset.word);
  tell('');
  const isSignedIn = sessionStorage.getItem(TOKEN) !== null;
  const me = isSignedIn ? ((await ask(ME))?.me ?? null) : null;
  for (const id of ['me', 'refresh', 'sign-out']) byId(id).hidden = me === null;
  byId('hint').hidden = me !== null;
  for (const id of ['sources', 'cases', 'case', 'verdict', 'todo', 'inbox']) show(id);
  if (me === null) return;
  const facts = { account: me.account, agency: me.agencyCode, roles: me.roles.join(', ') };
  byId('me').replaceChildren(
    ...Object.entries(facts).flatMap(([key, text]) => [
      el('dt', {}, word(key)),
      el('dd', {}, text),
    ]),
  );
  if (me.roles.includes('OPERATOR')) await loadSources();
  if (me.roles.some((role) => CASEWORKERS.includes(role))) {
    const canVerify = me.roles.includes('COUNTER') || me.roles.includes('REGULATOR');
    await loadCasework(canVerify);
    if (open.caseId !== null) await loadCase(open.caseId, canVerify);
    if (open.verificationId !== null) await loadVerdict(open.verificationId);
  }
  if (me.roles.includes('ASSIST_UNIT')) await loadInbox();
}

async function loadCasework(canVerify) {
  const data = await ask(CASEWORK);
  if (data === null) return;
  const rows = data.cases.nodes.map(({ id, caseNumber, acceptedOn, matter }) =>
    row(
      caseNumber,
      matter.name,
      acceptedOn,
      button('open', () => openCase(id, canVerify), caseNumber),
    ),
  );
  const heads = ['caseNumber', 'matter', 'acceptedOn', 'open'].map(word);
  show('cases', rows.length === 0 ? word('none') : table('', heads, rows));
  const lineOf = (verification, text) =>
    el(
      'li',
      {},
      list(verification.case.caseNumber, verification.subject.name, text),
      ' ',
      button('show', () => openVerdict(verification.id), verification.case.caseNumber),
    );
  const followUps = data.followUps.nodes.map((one) =>
    lineOf(one.verification, list(word(`kind.${one.kind}`), say('due', dueOf(one)))),
  );
  const discrepancies = data.discrepancies.nodes.map(({ verification, field, sources }) =>
    lineOf(verification, say(`field.${field}`, list(...sources.map((id) => word(`source.${id}`))))),
  );
  const listOf = (key, lines) => [
    el('h3', {}, word(key)),
    lines.length === 0 ? el('p', {}, word('none')) : el('ul', {}, ...lines),
  ];
  show('todo', ...listOf('followUps', followUps), ...listOf('discrepancies', discrepancies));
}

async function openCase(id, canVerify) {
  open.caseId = id;
  open.verificationId = null;
  show('verdict');
  await loadCase(id, canVerify);
  byId('case-title').focus();
}

async function loadCase(id, canVerify) {
  const found = (await ask(CASE, { id }))?.case ?? null;
  if (found === null) return;
  const { caseNumber, matter, legalBasis, acceptedOn, subjects } = found;
  show(
    'case',
    el('p', {}, list(caseNumber, matter.name)),
    el('p', { className: 'note' }, list(say('basis', legalBasis), say('acceptedOn', acceptedOn))),
    ...subjects.flatMap((subject) => [
      el('h3', {}, `${subject.name} ${subject.code}`),
      ...subject.verifications.slice(0, 1).map(({ id: verificationId, verdict, askedAt }) =>
        el(
          'p',
          {},
          `${timeOf(askedAt)} `,
          el('span', { className: toneOf(verdict.code) }, word(`verdict.${verdict.code}`)),
          ' ',
          button('show', () => openVerdict(verificationId), subject.name),
        ),
      ),
      ...(canVerify ? [verifyForm(found, subject)] : []),
    ]),
  );
}

/** The same statements keep their key until an answer has come: sending them twice asks once. */
function verifyForm({ id: caseId, matter }, subject) {
  let sent = { text: null, idempotencyKey: null };
  const claims = matter.policy.requirements.flatMap((requirement) =>
    requirement.fields
      .filter(({ field }) => !UNSTATED.includes(field))
      .map(({ field }) => ({
        field,
        label: list(requirement.label, word(`field.${field}`)),
        requirement: requirement.id,
        input: el('input', { maxLength: 500, autocomplete: 'off' }),
      })),
  );
  const onsubmit = (event) =>
    submit(event, async () => {
      const stated = claims
        .filter(({ input }) => input.value.trim() !== '')
        .map(({ requirement, field, input }) => ({ requirement, field, value: input.value }));
      tell(word('working'));
      const text = JSON.stringify(stated);
      if (sent.text !== text) sent = { text, idempotencyKey: newKey() };
      const { idempotencyKey } = sent;
      const input = { caseId, subjectId: subject.id, claims: stated, idempotencyKey };
      const payload = (await ask(VERIFY, { input }))?.verify ?? null;
      if (payload === null) return;
      for (const { message } of payload.userErrors) tell(say('refused', message));
      if (payload.verification === null) return;
      await loadCasework(true);
      await loadCase(caseId, true);
      await openVerdict(payload.verification.id);
    });
  const fields = el(
    'div',
    { className: 'grid' },
    ...claims.map((each) => labeled(each.label, each.input)),
  );
  return el(
    'form',
    { onsubmit },
    el('details', {}, el('summary', {}, word('claims')), fields),
    el(
      'button',
      { type: 'submit', 'aria-label': `${word('verify')} ${subject.name}` },
      word('verify'),
    ),
  );
}

async function openVerdict(id) {
  open.verificationId = id;
  await loadVerdict(id);
  byId('verdict-title').focus();
}

function button(key, onclick, about) {
  return el(
    'button',
    { type: 'button', onclick, 'aria-label': `${word(key)} ${about}` },
    word(key),
  );
}

/** 32 hex digits; randomUUID exists on secure origins only. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

byId('language').addEventListener('click', () => {
  switchLanguage();
  void load();
});
byId('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem(TOKEN, byId('token').value.trim());
  byId('token').value = '';
  Object.assign(open, { caseId: null, verificationId: null });
  void load();
});
byId('sign-out').addEventListener('click', () => {
  sessionStorage.removeItem(TOKEN);
  Object.assign(open, { caseId: null, verificationId: null });
  void load();
});
byId('refresh').addEventListener('click', () => void load());
void load();
