import { readFile } from 'node:fs/promises';

import { z } from 'zod';

import type { Egress } from './connector-kit/egress.ts';

/** What a deployment says of sources: those it lists itself, and where any may be. */
export interface SourceList {
  readonly sources: readonly ListedSource[];
  readonly egress: Pick<Egress, 'zones' | 'directories' | 'allowsLoopback'>;
}

/** One source as a deployment writes it down, with its secrets resolved. */
export interface ListedSource {
  readonly id: string;
  /** In Chinese, for people. */
  readonly title: string;
  /** Unified social credit code of the agency that runs it. */
  readonly ownerAgency: string;
  /** Number of its entry in the integrated government data catalog. Null where it has none. */
  readonly catalogReference: string | null;
  /** Name of the connector kind. */
  readonly kind: string;
  /** Checked by the kind. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
  /** What differs from the default call policy. */
  readonly policy: Readonly<Record<string, unknown>>;
  /** Which questions it answers. */
  readonly routes: readonly Readonly<Record<string, unknown>>[];
  readonly note: string;
}

const SecretReference = z.union([
  z.string(),
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
]);

const Listed = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{1,40}$/),
  title: z.string().min(1).max(100),
  ownerAgency: z.string().min(1),
  catalogReference: z.string().min(1).nullable().default(null),
  kind: z.string().min(1),
  settings: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), SecretReference).default({}),
  policy: z.record(z.string(), z.unknown()).default({}),
  routes: z.array(z.record(z.string(), z.unknown())).default([]),
  note: z.string().min(1).default('deployment'),
});

const List = z.strictObject({
  sources: z.array(Listed).max(100),
  egress: z.strictObject({
    zones: z.array(
      z.strictObject({
        name: z.string().min(1),
        blocks: z.array(z.string().min(1)).min(1),
        ports: z.array(z.number().int().min(1).max(65_535)).min(1),
        protocols: z.array(z.enum(['http', 'https', 'postgresql', 'mysql', 'sftp'])).min(1),
      }),
    ),
    directories: z.array(z.string().min(1)).default([]),
    allowsLoopback: z.boolean().default(false),
  }),
});

/**
 * Reads a list of sources. A secret is a text, `{"env": NAME}` or `{"file": PATH}`.
 *
 * @throws {Error} that names the file and the place in it, never a value.
 */
export async function readSourceList(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<SourceList> {
  const problem = (text: string) => new Error(`The list of sources ${file} is not right: ${text}.`);
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new Error(`The list of sources ${file} cannot be read as JSON.`, { cause });
  }
  const read = List.safeParse(json);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw problem(`/${issue?.path.join('/') ?? ''} ${issue?.message ?? ''}`);
  }
  const { sources, egress } = read.data;
  const ids = sources.map(({ id }) => id);
  const repeated = ids.find((id, index) => ids.indexOf(id) < index);
  if (repeated !== undefined) throw problem(`${repeated} is listed twice`);
  return {
    egress,
    sources: await Promise.all(
      sources.map(async (one) => ({ ...one, secrets: await resolve(one, environment) })),
    ),
  };
}

async function resolve(
  source: z.infer<typeof Listed>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Readonly<Record<string, string>>> {
  const entries = Object.entries(source.secrets).map(async ([name, reference]) => {
    if (typeof reference === 'string') return [name, reference] as const;
    if ('file' in reference)
      return [name, (await readFile(reference.file, 'utf8')).trim()] as const;
    const value = environment[reference.env];
    if (value === undefined || value === '')
      throw new Error(`Secret ${name} of source ${source.id}: ${reference.env} is not set.`);
    return [name, value] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
