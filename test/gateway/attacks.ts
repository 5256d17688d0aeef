import type { LIMITS } from '../../src/gateway/limits.ts';

/** A query that must be refused, with the code or the limit that refuses it where it matters. */
export interface Attack {
  readonly what: string;
  readonly query: string;
  readonly variables?: object;
  readonly code?: string;
  readonly limit?: keyof typeof LIMITS;
}

const repeat = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ');
const deep = (levels: number) =>
  `{ case(id: "x") { ${'verifications { case { '.repeat(levels)} id ${'} }'.repeat(levels)} } }`;
const verify = (key: string) =>
  `verify(input: { caseId: "x", subjectId: "x", idempotencyKey: "${key}" }) { userErrors { code } }`;
const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });
const cyclic = 'fragment A on Caller { ...B } fragment B on Caller { ...A }';
const bombs = Array.from(
  { length: 12 },
  (_, i) => `fragment F${i} on Caller { ...F${i + 1} ...F${i + 1} }`,
).join(' ');

export const ATTACKS: readonly Attack[] = [
  // The text alone.
  { what: 'fields nested too deep', query: deep(10), limit: 'depth' },
  { what: 'fields nested far too deep', query: deep(150), limit: 'depth' },
  { what: 'many aliases', query: `{ ${repeat(16, (i) => `a${i}: schemaVersion`)} }` },
  {
    what: 'many aliases below the root',
    query: `{ me { ${repeat(16, (i) => `a${i}: account`)} } }`,
    limit: 'aliases',
  },
  {
    what: 'aliases of __typename',
    query: `{ me { ${repeat(16, (i) => `a${i}: __typename`)} } }`,
    limit: 'aliases',
  },
  {
    what: 'aliases hidden in a fragment that is used often',
    query: `{ me { ...F } b: me { ...F } c: me { ...F } } fragment F on Caller { ${repeat(5, (i) => `a${i}: account`)} }`,
    limit: 'aliases',
  },
  {
    what: 'many fields of the root',
    query:
      '{ schemaVersion me { account } matters(first: 1) { nodes { code } } cases(first: 1) { nodes { id } } __typename followUps(first: 1) { nodes { id } } }',
    limit: 'rootFields',
  },
  {
    what: 'many fields of the root in fragments',
    query: `{ ${repeat(6, () => '...F')} } fragment F on Query { schemaVersion }`,
    limit: 'rootFields',
  },
  {
    what: 'two operations',
    query: 'query A { schemaVersion } query B { schemaVersion }',
    limit: 'operations',
  },
  {
    what: 'many directives on one field',
    query: `{ schemaVersion ${repeat(6, () => '@include(if: true)')} }`,
    limit: 'directives',
  },
  {
    what: 'directives spread over the document',
    query: `query A @a { me @b { account @c roles @d agencyCode @e __typename @f } }`,
    limit: 'directives',
  },
  {
    what: 'directives on fragments and variables',
    query:
      'query A($a: Int @a, $b: Int @b) { ...F @c ... @d { schemaVersion } } fragment F on Query @e { me @f { account } }',
    limit: 'directives',
  },
  {
    what: 'one field many times',
    query: `{ me { ${repeat(990, () => 'account')} } }`,
  },
  { what: 'many tokens', query: `{ me { ${repeat(1100, () => 'account')} } }`, limit: 'tokens' },
  {
    what: 'many tokens in one list',
    query: `{ matter(code: "x", on: [${repeat(2000, () => '1')}]) { code } }`,
    limit: 'tokens',
  },
  { what: 'tokens of a hundred kilobytes', query: `{ ${'a '.repeat(60_000)}}`, limit: 'tokens' },
  { what: 'a fragment cycle', query: `{ me { ...A } } ${cyclic}`, limit: 'depth' },
  {
    what: 'a fragment inside itself',
    query: '{ me { ...A } } fragment A on Caller { account ...A }',
    limit: 'depth',
  },
  {
    what: 'a fragment bomb',
    query: `{ me { ...F0 } } ${bombs} fragment F12 on Caller { account }`,
    limit: 'selections',
  },
  {
    what: 'two questions to decide',
    query: `mutation { ${verify('1')} b: ${verify('2')} }`,
    limit: 'verifyFields',
  },
  {
    what: 'two questions to decide, one in a fragment',
    query: `mutation { ${verify('1')} ...F } fragment F on Mutation { b: ${verify('2')} }`,
    limit: 'verifyFields',
  },
  {
    what: 'introspection in circles',
    query: `{ __schema { types { ${'fields { type { '.repeat(8)} name ${'} }'.repeat(8)} } } }`,
  },
  // With the variables.
  {
    what: 'a page too long, written out',
    query: '{ cases(first: 101) { nodes { id } } }',
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'a page too long, in a variable',
    query: 'query A($first: Int!) { cases(first: $first) { nodes { id } } }',
    variables: { first: 1_000_000_000 },
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'a page too long, in the default of a variable',
    query: 'query A($first: Int! = 5000) { cases(first: $first) { nodes { id } } }',
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'a page of less than nothing',
    query: 'query A($first: Int!) { cases(first: $first) { nodes { id } } }',
    variables: { first: -1 },
    code: 'BAD_USER_INPUT',
  },
  { what: 'an empty page', query: '{ cases(first: 0) { nodes { id } } }', code: 'BAD_USER_INPUT' },
  {
    what: 'a page too long inside a directive that switches it off',
    query: '{ cases(first: 1000) @skip(if: true) { nodes { id } } }',
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'too many questions to sources',
    query:
      '{ cases(first: 11) { nodes { subjects { creditProfile { provenance { source } } } } } }',
    limit: 'questions',
  },
  {
    what: 'too many questions to sources, in a variable',
    query:
      'query A($n: Int!) { cases(first: $n) { nodes { subjects { licenses(typeCode: "x") { provenance { source } } } } } }',
    variables: { n: 100 },
    limit: 'questions',
  },
  {
    what: 'too many questions of several kinds',
    query:
      '{ cases(first: 4) { nodes { subjects { creditProfile { provenance { source } } licenses(typeCode: "x") { provenance { source } } ... on EnterpriseSubject { registration { provenance { source } } } } } } }',
    limit: 'questions',
  },
  {
    what: 'an answer too large',
    query:
      '{ cases(first: 100) { nodes { verifications { verdict { requirements { fields { bySource { source } } } } } } } }',
    limit: 'nodes',
  },
  {
    what: 'an answer too large through a fragment',
    query:
      'query A($n: Int!) { verifications(first: $n) { ...F } } fragment F on VerificationConnection { nodes { subject { verifications { history { reasons { code } } } } } }',
    variables: { n: 100 },
    limit: 'nodes',
  },
  {
    what: 'variables nested too deep',
    query: 'query A { schemaVersion }',
    variables: { a: nested(32) },
    limit: 'variablesDepth',
  },
  {
    what: 'variables nested a hundred thousand deep',
    query: 'query A { schemaVersion }',
    limit: 'variablesDepth',
  },
  {
    what: 'a variable of another type',
    query: 'query A($first: Int!) { cases(first: $first) { nodes { id } } }',
    variables: { first: '370802199001011237' },
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'a variable that is missing',
    query: 'query A($first: Int!) { cases(first: $first) { nodes { id } } }',
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'a day that does not exist',
    query: 'query A($on: Date) { matter(code: "x", on: $on) { code } }',
    variables: { on: '2026-02-30' },
    code: 'BAD_USER_INPUT',
  },
  // GraphQL's own complaints.
  { what: 'no document', query: '}{', code: 'GRAPHQL_PARSE_FAILED' },
  { what: 'only comments', query: '# nothing', code: 'GRAPHQL_PARSE_FAILED' },
  {
    what: 'a field that does not exist',
    query: '{ nobody }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    what: 'many fields that do not exist',
    query: `{ me { ${repeat(400, (i) => `nobody${i}`)} } }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    what: 'a long name of a field that does not exist',
    query: `{ ${'n'.repeat(100_000)} }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    what: 'a long value where a number belongs',
    query: `{ cases(first: "${'数'.repeat(50_000)}") { nodes { id } } }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    what: 'several long values where numbers belong',
    query: `{ ${repeat(5, (i) => `a${i}: cases(first: "${'数'.repeat(8_000)}") { nodes { id } }`)} }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  { what: 'a subscription', query: 'subscription { ping }' },
  { what: 'only a fragment', query: 'fragment F on Query { schemaVersion }' },
];
