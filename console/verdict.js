import { el, linesOf, row, table } from './dom.js';
import { ask, show, tell, timeOf, toneOf } from './hub.js';
import { READ_VERDICT } from './operations.js';
import { language, list, say, word } from './words.js';

/** What became of a field at a source that compared nothing. */
const NOT_COMPARED = ['NOT_CLAIMED', 'NOT_HELD', 'WITHHELD'];

/** Shows a verification: the verdict, every field at every source, and why. */
export async function loadVerdict(id) {
  tell('');
  const found = (await ask(READ_VERDICT, { id }))?.verification ?? null;
  if (found === null) return;
  const { verdict, subject, askedAt, assistanceRequests } = found;
  const sources = [...new Set(verdict.observations.map(({ source }) => source))];
  const heads = ['field', ...sources.map((id) => `source.${id}`), 'together'].map(word);
  const rows = verdict.requirements.flatMap((each) => rowsOf(each, found, sources));
  show(
    'verdict',
    el('p', {}, list(found.case.caseNumber, subject.name, timeOf(askedAt), `№ ${verdict.number}`)),
    el('p', { className: `verdict ${toneOf(verdict.code)}` }, word(`verdict.${verdict.code}`)),
    table(word('fieldsCaption'), heads, rows),
    el('h3', {}, word('reasons')),
    verdict.reasons.length === 0 ? word('none') : linesOf(verdict.reasons.map(reasonOf)),
    linesOf(assistanceRequests.map(requestOf)),
  );
}

function requestOf({ requestNumber, state, dueOn }) {
  return say('request', list(requestNumber, word(`state.${state}`), say('due', dueOn)));
}

/** A heading row, whether each source answered, then a row for each field that counts. */
function rowsOf(requirement, { verdict, claims }, sources) {
  const heading = el('th', { scope: 'rowgroup', colSpan: sources.length + 2 }, requirement.label);
  const answered = sources.map((source) => {
    const own = (one) => one.source === source && one.requirement === requirement.id;
    const transport = verdict.observations.findLast(own)?.transport;
    if (transport === undefined) return '–';
    const tone = transport === 'ANSWERED' ? '' : 'open';
    return el('span', { className: tone }, word(`transport.${transport}`));
  });
  const beliefOf = (belief) => el('span', { className: toneOf(belief) }, word(`belief.${belief}`));
  const counts = ({ field, decisive, bySource }) =>
    decisive ||
    claims.some((claim) => claim.requirement === requirement.id && claim.field === field) ||
    bySource.some(({ outcome }) => !NOT_COMPARED.includes(outcome));
  const fields = requirement.fields.filter(counts).map(({ field, decisive, belief, bySource }) =>
    row(
      word(`field.${field}`) + (decisive ? ` (${word('decisive')})` : ''),
      ...sources.map((source) => {
        const outcome = bySource.findLast((one) => one.source === source)?.outcome;
        return outcome === undefined ? '–' : word(`outcome.${outcome}`);
      }),
      beliefOf(belief),
    ),
  );
  return [
    el('tr', {}, heading),
    row(word('answered'), ...answered, beliefOf(requirement.belief)),
    ...fields,
  ];
}

function reasonOf({ label, code, field, source, detail }) {
  const text = language() === 'en' ? `${code} (${label})` : label;
  const about = [source && word(`source.${source}`), field && word(`field.${field}`)];
  about.push(detail && word(`detail.${detail}`));
  return [text, ...about].filter((part) => part !== null).join(' · ');
}
