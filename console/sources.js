import { el, linesOf, row, table } from './dom.js';
import { ask, show, timeOf } from './hub.js';
import { SOURCES } from './operations.js';
import { say, word } from './words.js';

/** Shows how the sources are doing, for operators. */
export async function loadSources() {
  const data = await ask(SOURCES);
  if (data === null) return;
  const heads = ['source', 'breaker', 'latency', 'load', 'calls', 'canary'];
  const rows = data.sources.map((source) => {
    const tone = source.breaker === 'CLOSED' ? 'good' : 'open';
    return row(
      `${source.title} (${source.id})`,
      el('span', { className: tone }, word(`breaker.${source.breaker}`)),
      `${source.medianMs ?? '–'} / ${source.p95Ms ?? '–'}`,
      `${source.inFlight} / ${source.waiting}`,
      linesOf(source.calls.map(({ transport, count }) => say(`transport.${transport}`, count))),
      linesOf(source.capabilities.map(canaryOf)),
    );
  });
  show('sources', table(word('sourcesCaption'), heads.map(word), rows));
}

function canaryOf({ name, canaryRight, canaryReadAt }) {
  if (canaryRight === null) return `${name}: ${word('unread')}`;
  return `${name}: ${word(canaryRight ? 'canaryRight' : 'canaryWrong')} ${timeOf(canaryReadAt)}`;
}
