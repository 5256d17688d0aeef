import type { AssistanceRequest } from '../../assistance/assistance.ts';
import type { Resolvers } from '../../generated/graphql.ts';
import type { RequestContext } from '../context.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

/** Who is asked must know about whom; whoever asked knows it masked. */
function isAsked({ assistingAgency }: AssistanceRequest, { caller }: RequestContext): boolean {
  return assistingAgency === caller.agencyCode;
}

function isAboutPerson({ subjectKind }: AssistanceRequest): boolean {
  return subjectKind === 'PERSON';
}

/** Requests between agencies (行政协助). */
export const assistanceResolvers: Resolvers = {
  Query: {
    assistanceRequests: async (_root, { box, state, ...page }, { ask }) =>
      connectionOf(
        await ask.assistanceRequests({ box, state: state ?? null }, pageRequestOf(page)),
      ),
    assistanceRequest: (_root, { id }, { load }) => load.assistanceRequest.load(id),
  },

  Mutation: {
    async replyToAssistance(_root, { input }, { caller, services, forget }) {
      const answers = input.answers.map((answer) => ({ ...answer, note: answer.note ?? null }));
      const replied = await services.assistance.reply(caller, { ...input, answers });
      forget();
      return replied.ok
        ? { request: replied.value, userErrors: [] }
        : { request: null, userErrors: replied.errors };
    },
  },

  AssistanceRequest: {
    state: ({ reply }) => (reply === null ? 'SUBMITTED' : 'REPLIED'),
    overdue: ({ reply, dueOn }, _args, { today }) => reply === null && dueOn < today,
    subjectCode: (request, _args, context) =>
      isAsked(request, context) ? request.subjectCode : context.mask.code(request.subjectCode),
    subjectName: (request, _args, context) =>
      isAsked(request, context) || !isAboutPerson(request)
        ? request.subjectName
        : context.mask.personName(request.subjectName),
  },
};
