import { checkDocuments } from '../model/basis-document.ts';
import type { BusinessDate } from '../model/business-date.ts';
import { businessDate } from '../model/clock.ts';
import { checkLength, mistake, type UserError } from '../model/user-error.ts';
import type { OnSiteReport, WorkOrder } from '../model/work-order.ts';

const NOTE_LENGTH_MAX = 1_000;

/** Mistakes in what two inspectors report: every question once, on documents, since the order. */
export function checkReport(
  order: Pick<WorkOrder, 'questions' | 'madeAt'>,
  report: OnSiteReport | null,
  today: BusinessDate,
): readonly UserError[] {
  if (report === null) return [mistake('CLAIM_MISSING', ['results'], 'Send what was found.')];
  const { inspectedOn, results, documents } = report;
  const asked = order.questions.map(({ code }) => code);
  const answered = results.map(({ question }) => question);
  const fits = answered.length === asked.length && asked.every((code) => answered.includes(code));
  const since = businessDate(order.madeAt);
  return [
    ...(fits
      ? []
      : [mistake('ANSWERS_DO_NOT_FIT', ['results'], `Answer each once: ${asked.join(', ')}.`)]),
    ...results.flatMap(({ outcome, note }, index) => {
      const field = ['results', String(index), 'note'];
      if (note !== null) return checkLength(note, field, NOTE_LENGTH_MAX);
      return outcome === 'REFUTED'
        ? [mistake('REASON_MISSING', field, 'Say what differs, for the applicant to answer.')]
        : [];
    }),
    ...checkDocuments(documents, 1),
    ...(inspectedOn >= since && inspectedOn <= today
      ? []
      : [mistake('DATE_OUT_OF_RANGE', ['inspectedOn'], `Send a day from ${since} to ${today}.`)]),
  ];
}
