import { describeKind, readParts, readProperties, type JsonSchema } from '../description.ts';
import { isContractSupported } from '../../connector.ts';
import { fail, PASS, type Rule } from '../rule.ts';
import type { Trial } from '../trial.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const TYPES: readonly unknown[] = [
  'string',
  'number',
  'integer',
  'boolean',
  'object',
  'array',
  'null',
];

const kindDescribed: Rule = {
  id: 'kind-described',
  title: { zh: '种类说明完整', en: 'The kind describes itself' },
  why: 'The registry can only offer a kind whose name, version, contract and schemas it can read.',
  async try({ subject }) {
    const { kind, version, contract, title, ...schemas } = describeKind(subject.kind);
    if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/u.test(kind)) return fail('kind is not kebab-case');
    if (!/^\d+\.\d+\.\d+$/u.test(version)) return fail('version is not semantic');
    if (!isContractSupported(contract)) return fail('contract is of another version');
    if (!isTitle(title.zh, title.en)) return fail('title is not in both languages');
    for (const [name, schema] of Object.entries(schemas)) {
      if (schema['$schema'] !== DIALECT) return fail(`${name} is not JSON Schema 2020-12`);
      const problem = findProblem(schema, schema, '');
      if (problem !== null) return fail(`${name}${problem}`);
    }
    return PASS;
  },
};

const titles: Rule = {
  id: 'titles',
  title: { zh: '字段均有中英文名称', en: 'Every field is titled in both languages' },
  why: 'The console draws its forms from the titles; a field without one cannot be filled in.',
  async try({ subject }) {
    const { settingsSchema, secretsSchema } = describeKind(subject.kind);
    const untitled = [...listUntitled(settingsSchema), ...listUntitled(secretsSchema)];
    return untitled.length === 0 ? PASS : fail(`untitled: ${untitled.join(', ')}`);
  },
};

const secretsWriteOnly: Rule = {
  id: 'secrets-write-only',
  title: { zh: '密钥只写不读', en: 'Secrets are write-only' },
  why: 'What is not marked as a secret is stored, shown and compared as an ordinary setting.',
  async try({ subject }) {
    const { settingsSchema, secretsSchema } = describeKind(subject.kind);
    if (secretsSchema['type'] !== 'object' || secretsSchema['additionalProperties'] !== false) {
      return fail('the secrets are no strict object');
    }
    const secrets = readProperties(secretsSchema);
    const readable = secrets.find(([, schema]) => schema['writeOnly'] !== true);
    if (readable !== undefined) return fail(`${readable[0]} is not write-only`);
    const withDefault = secrets.find(
      ([, schema]) => typeof schema['default'] === 'string' && schema['default'] !== '',
    );
    if (withDefault !== undefined) return fail(`${withDefault[0]} has a default`);
    const settings = readProperties(settingsSchema).map(([name]) => name);
    const both = secrets.find(([name]) => settings.includes(name));
    return both === undefined ? PASS : fail(`${both[0]} is a setting as well`);
  },
};

const settingsTaken: Rule = {
  id: 'settings-taken',
  title: { zh: '设置与密钥可被接受', en: 'Its own settings and secrets are taken' },
  why: 'Settings that were stored once must be readable by the version that is to use them.',
  async try({ subject }) {
    const settings = subject.kind.settings.safeParse(subject.settings);
    if (!settings.success) return fail(`settings: ${pathOf(settings.error.issues)}`);
    const again = subject.kind.settings.safeParse(settings.data);
    if (!again.success) return fail(`settings, read twice: ${pathOf(again.error.issues)}`);
    const secrets = subject.kind.secrets.safeParse(subject.secrets);
    return secrets.success ? PASS : fail(`secrets: ${pathOf(secrets.error.issues)}`);
  },
};

const settingsNameField: Rule = {
  id: 'settings-name-field',
  title: { zh: '错误设置指明字段', en: 'Bad settings name the field' },
  why: 'An operator who is not told which field is wrong tries until something seems to work.',
  async try({ subject, transcript }) {
    const { settingsSchema, secretsSchema } = describeKind(subject.kind);
    const { settings, secrets } = subject.kind;
    const shapes = [
      { shape: settings, schema: settingsSchema, given: subject.settings },
      { shape: secrets, schema: secretsSchema, given: subject.secrets },
    ];
    const before = transcript.origins().length;
    for (const { shape, schema, given } of shapes) {
      for (const { field, broken } of listBroken(schema, given as JsonSchema)) {
        const parsed = shape.safeParse(broken);
        if (parsed.success) return fail(`${field} is not checked`);
        transcript.note('settings', parsed.error.issues);
        const named = parsed.error.issues.flatMap((issue) =>
          issue.code === 'unrecognized_keys' ? issue.keys : issue.path.slice(0, 1),
        );
        if (!named.includes(field)) return fail(`${field} is wrong and not named`);
      }
    }
    return transcript.origins().length === before ? PASS : fail('a connection was asked for');
  },
};

const createOpensNothing: Rule = {
  id: 'create-opens-nothing',
  title: { zh: '创建时不联网', en: 'Creating one connects nothing' },
  why: 'Drafts are built to be looked at; a kind that connects then has told somebody.',
  async try(trial: Trial) {
    const { subject, transcript } = trial;
    const before = transcript.origins().length;
    const origins = subject.kind.origins(subject.kind.settings.parse(subject.settings));
    if (origins.length === 0) return fail('origins() names no place');
    await trial.withConnector(() => Promise.resolve());
    return transcript.origins().length === before ? PASS : fail('a connection was asked for');
  },
};

/** What the kind says of itself, before anything is asked. */
export const DESCRIPTION_RULES: readonly Rule[] = [
  kindDescribed,
  titles,
  secretsWriteOnly,
  settingsTaken,
  settingsNameField,
  createOpensNothing,
];

/** The first place where a schema is none, as a JSON pointer and a word. */
function findProblem(schema: JsonSchema, root: JsonSchema, at: string): string | null {
  if (typeof schema === 'boolean') return null;
  const { type, pattern, required, $ref } = schema;
  const types = type === undefined ? [] : [type].flat();
  if (types.some((each) => !TYPES.includes(each))) return `${at}: no such type`;
  if (typeof pattern === 'string' && !isPattern(pattern)) return `${at}: no such pattern`;
  if (typeof $ref === 'string' && !$ref.startsWith('#')) return `${at}: a reference elsewhere`;
  const names = readProperties(schema).map(([name]) => name);
  const isRequired = Array.isArray(required) ? (required as unknown[]) : [];
  if (isRequired.some((name) => !names.includes(String(name)))) return `${at}: requires a stranger`;
  for (const [step, part] of readParts(schema)) {
    const problem = findProblem(part, root, `${at}/${step}`);
    if (problem !== null) return problem;
  }
  return null;
}

function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').source.length > 0;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function listUntitled(schema: JsonSchema, at = ''): readonly string[] {
  const own = readProperties(schema).filter(
    ([, { title, titleEn, description }]) =>
      !isTitle(title, titleEn) || typeof description !== 'string' || description === '',
  );
  return [
    ...own.map(([name]) => `${at}${name}`),
    ...readParts(schema).flatMap(([step, part]) =>
      listUntitled(part, step.startsWith('properties/') ? `${at}${step.slice(11)}.` : at),
    ),
  ];
}

function isTitle(zh: unknown, en: unknown): boolean {
  return /\p{Script=Han}|^[\p{Lu}\d ]+$/u.test(String(zh)) && /[A-Za-z]/u.test(String(en));
}

/** The given settings with one field of the wrong type, without one, and with a stranger. */
function listBroken(
  schema: JsonSchema,
  given: JsonSchema,
): readonly { readonly field: string; readonly broken: JsonSchema }[] {
  const isRequired = Array.isArray(schema['required']) ? (schema['required'] as string[]) : [];
  const stranger = 'notASetting';
  return [
    ...isRequired.map((field) => {
      const { [field]: _left, ...broken } = given;
      return { field, broken };
    }),
    ...readProperties(schema).map(([field]) => {
      return { field, broken: { ...given, [field]: [[true]] } };
    }),
    { field: stranger, broken: { ...given, [stranger]: true } },
  ];
}

function pathOf(issues: readonly { readonly path: readonly PropertyKey[] }[]): string {
  return issues.map(({ path }) => `/${path.map(String).join('/')}`).join(', ');
}
