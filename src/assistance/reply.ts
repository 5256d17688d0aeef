import type { BusinessDate } from '../model/business-date.ts';
import { mistake, type UserError } from '../model/user-error.ts';
import type { AssistanceAnswered, AssistanceRequest, ReplyToAssistance } from './assistance.ts';

const ANSWERER_LENGTH_MAX = 64;
const NOTE_LENGTH_MAX = 500;

/** Mistakes in a reply: every question answered once, nothing else answered. */
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
  const asked = request.questions.map(({ code }) => code);
  const answered = reply.answers.map(({ question }) => question);
  const fits = answered.length === asked.length && asked.every((code) => answered.includes(code));
  if (!fits)
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
