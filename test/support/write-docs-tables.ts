import { readFileSync, writeFileSync } from 'node:fs';

import { format, resolveConfig } from 'prettier';

import { AUDIENCE_ROLES } from '../../src/gateway/audience.ts';
import { readAccessRules } from '../../src/gateway/access.ts';
import { LIST_BOUNDS } from '../../src/gateway/limits.ts';
import { createSchema } from '../../src/gateway/schema.ts';

/** Writes the tables of docs/reference that repeat what the code enforces. */
await writeTable('docs/reference/limits.md', '| List ', [
  ['List', 'At most'],
  ...Object.entries(LIST_BOUNDS).flatMap(([type, lists]) =>
    Object.entries(lists).map(([field, bound]) => [`\`${type}.${field}\``, inThousands(bound)]),
  ),
]);
await writeTable('docs/reference/access.md', '| Audience ', [
  ['Audience', 'Roles'],
  ...Object.entries(AUDIENCE_ROLES).map(([audience, roles]) => [
    `\`${audience}\``,
    roles?.map((role) => `\`${role}\``).join(', ') ?? 'whoever presents a valid token',
  ]),
]);
await writeTable('docs/reference/access.md', '| Field ', [
  ['Field', 'Audience'],
  ...[...readAccessRules(createSchema())]
    .filter(([field]) => /^(Query|Mutation|Subscription)\./u.test(field))
    .map(([field, audience]) => [`\`${field}\``, `\`${audience}\``]),
]);

/** Replaces the table whose header line begins so. */
async function writeTable(
  page: string,
  header: string,
  rows: readonly (readonly string[])[],
): Promise<void> {
  const lines = readFileSync(page, 'utf8').split('\n');
  const first = lines.findIndex((line) => line.startsWith(header));
  if (first < 0) throw new Error(`${page} has no table that begins with "${header}".`);
  const length = lines.slice(first).findIndex((line) => !line.startsWith('|'));
  const [head = [], ...body] = rows;
  const table = [head, head.map(() => '---'), ...body].map((row) => `| ${row.join(' | ')} |`);
  lines.splice(first, length, ...table);
  const options = { ...(await resolveConfig(page)), filepath: page };
  writeFileSync(page, await format(lines.join('\n'), options));
}

function inThousands(count: number): string {
  return count.toLocaleString('en-US');
}
