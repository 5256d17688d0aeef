import { createHash } from 'node:crypto';

import type { Origin } from '../connector-kit/network.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import type { SourceRoute } from '../model/route.ts';
import { parseUnifiedSocialCreditCode } from '../model/unified-social-credit-code.ts';
import { mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { BuildableKind, SettingProblem } from './kinds.ts';
import { policySetting, routeSetting } from './policy-setting.ts';

/** What a source is to be told, as an operator sends it. */
export interface Proposal {
  readonly kind: string;
  readonly settings: unknown;
  readonly policy: unknown;
  readonly routes: readonly unknown[];
  readonly note: string;
}

/** The same, found to be right. */
export interface SoundProposal {
  readonly kind: BuildableKind;
  readonly origins: readonly Origin[];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly policy: Readonly<Record<string, unknown>>;
  readonly routes: readonly SourceRoute[];
  readonly note: string;
  /** SHA-256 of kind, settings, policy and routes in canonical form, hex. */
  readonly digest: string;
}

/** Who a source is, as an operator sends it. */
export interface Introduction {
  readonly id: string;
  readonly title: string;
  readonly ownerAgency: string;
  readonly catalogReference: string | null;
}

const NOTE_LENGTH_MAX = 500;
const TITLE_LENGTH_MAX = 100;
const REFERENCE_LENGTH_MAX = 100;
const ROUTES_MAX = 20;
const SETTINGS_BYTES_MAX = 256 * 1024;

/** Every mistake in a proposal, each with the field that carries it; or the proposal, read. */
export function checkProposal(
  proposal: Proposal,
  kinds: ReadonlyMap<string, BuildableKind>,
): Accepted<SoundProposal> {
  const kind = kinds.get(proposal.kind);
  if (kind === undefined) {
    const message = `There are: ${[...kinds.keys()].join(', ')}.`;
    return { ok: false, errors: [mistake('UNKNOWN_KIND', ['kind'], message)] };
  }
  const text = canonicalJson(proposal.settings);
  if (Buffer.byteLength(text) > SETTINGS_BYTES_MAX)
    return { ok: false, errors: [tooLong(['settings'], `${SETTINGS_BYTES_MAX} bytes`)] };

  const settings = kind.readSettings(proposal.settings);
  const policy = policySetting.safeParse(proposal.policy);
  const routes = proposal.routes.map((route) => routeSetting.safeParse(route));
  const errors = [
    ...checkText(proposal.note, ['note'], NOTE_LENGTH_MAX),
    ...(settings.ok ? [] : settings.problems.map((one) => settingMistake(one, 'settings'))),
    ...(policy.success ? [] : policy.error.issues.map((one) => issueMistake(one, ['policy']))),
    ...(routes.length > ROUTES_MAX
      ? [mistake('TOO_MANY', ['routes'], `Send at most ${ROUTES_MAX} routes.`)]
      : []),
    ...routes.flatMap((read, index) =>
      read.success
        ? []
        : read.error.issues.map((one) => issueMistake(one, ['routes', String(index)])),
    ),
  ];
  if (errors.length > 0 || !settings.ok || !policy.success) return { ok: false, errors };

  const told = {
    settings: proposal.settings as Readonly<Record<string, unknown>>,
    policy: policy.data,
    routes: routes.flatMap((read) => (read.success ? [read.data] : [])),
  };
  const { origins } = settings.value;
  const digest = digestOf({ kind: proposal.kind, ...told });
  return { ok: true, value: { kind, origins, ...told, note: proposal.note.trim(), digest } };
}

/** Mistakes in who a source is said to be. */
export function checkIntroduction(introduced: Introduction): readonly UserError[] {
  const { id, title, ownerAgency, catalogReference } = introduced;
  const isAgency = parseUnifiedSocialCreditCode(ownerAgency).ok;
  return [
    ...(/^[a-z][a-z0-9-]{1,40}$/u.test(id)
      ? []
      : [mistake('MALFORMED_VALUE', ['id'], 'Send 2 to 41 of a–z, 0–9 and -, a letter first.')]),
    ...checkText(title, ['title'], TITLE_LENGTH_MAX),
    ...(isAgency
      ? []
      : [
          mistake(
            'MALFORMED_CODE',
            ['ownerAgency'],
            'Send the unified social credit code of the agency that runs the source.',
          ),
        ]),
    ...(catalogReference === null
      ? []
      : checkText(catalogReference, ['catalogReference'], REFERENCE_LENGTH_MAX)),
  ];
}

/** A problem of a kind's own shape as a mistake of the caller. */
export function settingMistake(problem: SettingProblem, part: 'settings' | 'secrets'): UserError {
  const code = part === 'settings' ? 'SETTING_NOT_ACCEPTED' : 'SECRET_NOT_ACCEPTED';
  return mistake(code, [part, ...problem.path], `${problem.message}.`);
}

/** Text of 1 to so many characters. */
export function checkText(
  text: string,
  field: readonly string[],
  lengthMax: number,
): readonly UserError[] {
  const isRight = text.trim().length >= 1 && text.length <= lengthMax;
  return isRight ? [] : [tooLong(field, `1 to ${lengthMax} characters`)];
}

function tooLong(field: readonly string[], allowed: string): UserError {
  return mistake('LENGTH_OUT_OF_RANGE', field, `Send ${allowed}.`);
}

function issueMistake(
  issue: { readonly path: readonly PropertyKey[]; readonly message: string },
  at: readonly string[],
): UserError {
  return mistake('MALFORMED_VALUE', [...at, ...issue.path.map(String)], `${issue.message}.`);
}

function digestOf(told: unknown): string {
  return createHash('sha256').update(canonicalJson(told)).digest('hex');
}
