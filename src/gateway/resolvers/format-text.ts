import type { Resolvers } from '../../generated/graphql.ts';
import { ELEMENT_HEADINGS, partsOf, plainText } from '../../model/format-text.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { pathsOf } from '../printed-forms.ts';
import { connectionOf } from './connection.ts';

/** Format texts (告知承诺书格式文本) and who still owes one. */
export const formatTextResolvers: Resolvers = {
  Query: {
    formatText: (_root, { matterCode, on }, { services, today }) =>
      services.texts.findPublished(matterCode, on ?? today),
    formatTexts: (_root, { matterCode }, { services }) => services.texts.listOf(matterCode),
    formatTextTasks: async (_root, { open, overdueOn, ...page }, { caller, services }) =>
      connectionOf(
        await services.texts.pageOfTasks(
          {
            agencyCode: caller.roles.includes('JUSTICE') ? null : caller.agencyCode,
            isOpen: open ?? null,
            overdueOn: overdueOn ?? null,
          },
          pageRequestOf(page),
        ),
      ),
  },

  Mutation: {
    async draftFormatText(_root, { input }, { caller, services }) {
      const drafted = await services.texts.draft(caller, input);
      return drafted.ok
        ? { text: drafted.value, userErrors: [] }
        : { text: null, userErrors: drafted.errors };
    },
    async publishFormatText(_root, { input }, { caller, services }) {
      const published = await services.texts.publish(caller, input);
      return published.ok
        ? { text: published.value, userErrors: [] }
        : { text: null, userErrors: published.errors };
    },
  },

  FormatText: {
    elements: ({ elements }) => partsOf(elements).flatMap((part) => part.elements),
    plainText: ({ elements }) => plainText(elements),
    missing: (text, _args, { services }) => services.texts.listMissing(text),
    publishedOn: ({ publication }) => publication?.publishedOn ?? null,
    channels: ({ publication }) => publication?.channels ?? [],
    printed: ({ id }) => pathsOf('text', id),
  },

  WrittenElement: {
    heading: ({ element }) => ELEMENT_HEADINGS[element],
  },

  FormatTextTask: {
    dueIsProvisional: ({ provisional }) => provisional,
    overdue: ({ dueOn, publishedOn }, _args, { today }) => dueOn < (publishedOn ?? today),
  },
};
