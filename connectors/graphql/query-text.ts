/** Strings, block strings and comments: what is inside them is no part of the language. */
const QUOTED = /"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*/gu;

/**
 * Why a text must not be sent: it holds more than one operation, or one that changes something.
 * Null where it is one query.
 */
export function judgeQuery(text: string): string | null {
  const bare = text.replace(QUOTED, ' ');
  if (/[{}()[\]]/u.test(bare) && !isBalanced(bare)) return 'NOT_BALANCED';
  const heads = topLevel(bare).match(/[_A-Za-z]\w*|\{/gu) ?? [];
  const operations = heads.filter((word, index) => isOperation(word, heads[index - 1]));
  if (operations.some((word) => word === 'mutation' || word === 'subscription'))
    return 'NOT_A_QUERY';
  return operations.length === 1 ? null : 'NOT_ONE_OPERATION';
}

/** `{` alone is a query without a name. */
function isOperation(word: string, before: string | undefined): boolean {
  if (word === 'query' || word === 'mutation' || word === 'subscription')
    return before === undefined || before === '{';
  return word === '{' && (before === undefined || before === '{');
}

/** The text outside of braces and parentheses, each pair of braces as `{`. */
function topLevel(text: string): string {
  let depth = 0;
  let seen = '';
  for (const character of text) {
    if (character === '{' && depth === 0) seen += '{';
    if ('{(['.includes(character)) depth += 1;
    else if ('})]'.includes(character)) depth -= 1;
    else if (depth === 0) seen += character;
  }
  return seen;
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if ('{(['.includes(character)) depth += 1;
    if ('})]'.includes(character)) depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}
