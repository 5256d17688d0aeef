import { mistake, type UserError } from './user-error.ts';

/** A document that something rests on, by its digest. Its bytes are kept by who has it. */
export interface BasisDocument {
  readonly name: string;
  /** SHA-256 of the bytes, hex. */
  readonly digest: string;
  readonly bytes: number;
}

const DOCUMENTS_MAX = 10;
const NAME_LENGTH_MAX = 200;

/** What is wrong with documents, of which there are `least` to 10. */
export function checkDocuments(
  documents: readonly BasisDocument[],
  least: number,
): readonly UserError[] {
  const errors: UserError[] = [];
  if (documents.length < least || documents.length > DOCUMENTS_MAX)
    errors.push(mistake('TOO_MANY', ['documents'], `Name ${least} to ${DOCUMENTS_MAX} documents.`));
  documents.forEach((one, index) => {
    if (isDocument(one)) return;
    const message = 'Send a name, the SHA-256 in hex, small letters, and the length in bytes.';
    errors.push(mistake('MALFORMED_VALUE', ['documents', String(index)], message));
  });
  return errors;
}

function isDocument({ name, digest, bytes }: BasisDocument): boolean {
  const isNamed = name.trim() !== '' && name.length <= NAME_LENGTH_MAX;
  return isNamed && /^[0-9a-f]{64}$/u.test(digest) && Number.isSafeInteger(bytes) && bytes > 0;
}
