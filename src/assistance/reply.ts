import type { AssistanceAnswered, AssistanceAttachment } from '../model/assistance-record.ts';
import type { AssistanceRequest } from '../model/assistance-request.ts';
import type { BusinessDate } from '../model/business-date.ts';
import { mistake, type UserError } from '../model/user-error.ts';
import type { ReplyToAssistance } from './replying.ts';

const ANSWERER_LENGTH_MAX = 64;
const NOTE_LENGTH_MAX = 500;
const ATTACHMENTS_MAX = 10;
const ATTACHMENT_NAME_LENGTH_MAX = 200;

/**
 * Mistakes in a reply: every question answered once, nothing else answered. A part may leave some
 * open; what completes it may leave out those that are answered.
 */
export function checkReply(
  request: AssistanceRequest,
  reply: ReplyToAssistance,
  today: BusinessDate,
): readonly UserError[] {
  const errors: UserError[] = [];
  const name = reply.answererName.trim();
  if (name.length < 1 || name.length > ANSWERER_LENGTH_MAX)
    errors.push(
      mistake(
        'LENGTH_OUT_OF_RANGE',
        ['answererName'],
        `Send 1 to ${ANSWERER_LENGTH_MAX} characters.`,
      ),
    );
  if (reply.asOf > today)
    errors.push(
      mistake('DATE_OUT_OF_RANGE', ['asOf'], `Send a day up to ${today}, Asia/Shanghai.`),
    );
  reply.answers.forEach(({ note }, index) => {
    if (note !== null && note.length > NOTE_LENGTH_MAX)
      errors.push(
        mistake(
          'LENGTH_OUT_OF_RANGE',
          ['answers', String(index), 'note'],
          `Send at most ${NOTE_LENGTH_MAX} characters.`,
        ),
      );
  });
  reply.attachments.forEach((attachment, index) => {
    if (!isAttachment(attachment))
      errors.push(
        mistake(
          'MALFORMED_VALUE',
          ['attachments', String(index)],
          'Send a name of 1 to 200 characters, the SHA-256 in hex, and the length in bytes.',
        ),
      );
  });
  if (reply.attachments.length > ATTACHMENTS_MAX)
    errors.push(mistake('TOO_MANY', ['attachments'], `Send at most ${ATTACHMENTS_MAX}.`));
  const asked = request.questions.map(({ code }) => code);
  const answered = reply.answers.map(({ question }) => question);
  const before = request.standing.answers.map(({ question }) => question);
  const isEach = answered.every(
    (code, at) => asked.includes(code) && answered.indexOf(code) === at,
  );
  const isWhole = asked.every((code) => answered.includes(code) || before.includes(code));
  if (!isEach || answered.length === 0 || (!isWhole && !reply.isPart))
    errors.push(
      mistake(
        'ANSWERS_DO_NOT_FIT',
        ['answers'],
        `Answer each of these questions once: ${asked.join(', ')}.`,
      ),
    );
  return errors;
}

/** In the order of the questions, so that the same answers are the same reply. */
export function inOrderOfQuestions(
  request: AssistanceRequest,
  answers: readonly AssistanceAnswered[],
): readonly AssistanceAnswered[] {
  return request.questions.flatMap(({ code }) =>
    answers.filter(({ question }) => question === code),
  );
}

function isAttachment({ name, digest, bytes }: AssistanceAttachment): boolean {
  const isNamed = name.trim() !== '' && name.length <= ATTACHMENT_NAME_LENGTH_MAX;
  return isNamed && /^[0-9a-f]{64}$/u.test(digest) && Number.isSafeInteger(bytes) && bytes > 0;
}
