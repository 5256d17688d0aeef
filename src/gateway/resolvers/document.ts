import type { DocumentMediaType, Resolvers } from '../../generated/graphql.ts';
import { HubError } from '../../errors.ts';
import type { FiledDocumentRecord } from '../../model/filed-document.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

type MediaType = FiledDocumentRecord['mediaType'];

const MEDIA_TYPES: Readonly<Record<DocumentMediaType, MediaType>> = {
  TEXT: 'text/plain',
  PDF: 'application/pdf',
  DOCX: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
};
const NAMES: Readonly<Record<MediaType, DocumentMediaType>> = {
  [MEDIA_TYPES.TEXT]: 'TEXT',
  [MEDIA_TYPES.PDF]: 'PDF',
  [MEDIA_TYPES.DOCX]: 'DOCX',
} as Readonly<Record<MediaType, DocumentMediaType>>;

/** Rules and supporting documents (工作规程、配套制度), filed with the own justice bureau. */
export const documentResolvers: Resolvers = {
  Query: {
    document: (_root, { id }, { services }) => services.documents.find(id),
    documents: async (_root, { agencyCode, ...page }, { services }) =>
      connectionOf(
        await services.documents.pageOf({ agencyCode: agencyCode ?? null }, pageRequestOf(page)),
      ),
  },

  Mutation: {
    async registerDocument(_root, { input }, { caller, services }) {
      const registered = await services.documents.register(caller, {
        ...{ ...input, number: input.number ?? null, mediaType: MEDIA_TYPES[input.mediaType] },
      });
      return registered.ok
        ? { document: registered.value, userErrors: [] }
        : { document: null, userErrors: registered.errors };
    },
  },

  Document: {
    mediaType: ({ mediaType }) => NAMES[mediaType],
    async contentBase64({ id }, _args, { services }) {
      const content = await services.documents.contentOf(id);
      if (content === null) throw new HubError('NOT_FOUND');
      return content;
    },
    filings: ({ id }, _args, { services }) => services.filings.listOf(id),
  },
};
