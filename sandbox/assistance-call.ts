import { isObject, textAt } from './wire.ts';

const QUESTIONS_MAX = 20;
const TEXT_FIELDS = [
  'requestNo',
  'askingAgency',
  'assistingAgency',
  'matterCode',
  'matterName',
  'caseNo',
  'legalBasis',
  'dueOn',
] as const;

/** Path of the first field that is wrong; null when the notification is complete. */
export function findWrongField(body: unknown): string | null {
  const missing = TEXT_FIELDS.find((field) => textAt(body, field) === '');
  if (!isObject(body) || missing !== undefined) return missing ?? '';
  if (textAt(body, 'requestNo').length > 64) return 'requestNo';
  if (!/^\d{4}-\d{2}-\d{2}$/.test(textAt(body, 'dueOn'))) return 'dueOn';
  const inSubject = ['kind', 'code', 'name'].find((key) => textAt(body['subject'], key) === '');
  if (inSubject !== undefined) return `subject.${inSubject}`;
  const { questions } = body;
  if (!Array.isArray(questions) || questions.length < 1 || questions.length > QUESTIONS_MAX) {
    return 'questions';
  }
  const index = questions.findIndex((each) => !textAt(each, 'code') || !textAt(each, 'text'));
  return index === -1
    ? null
    : `questions[${index}].${textAt(questions[index], 'code') ? 'text' : 'code'}`;
}
