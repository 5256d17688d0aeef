import type { ZodType } from 'zod';

import {
  isContractSupported,
  type Connector,
  type ConnectorKind,
} from '../connector-kit/connector.ts';
import type { Network, Origin } from '../connector-kit/network.ts';
import { HubError } from '../errors.ts';
import type { Clock } from '../model/clock.ts';

/** A connector kind with its own types of settings and secrets behind one signature. */
export interface BuildableKind {
  readonly kind: ConnectorKind;
  /** Where settings lead to, or every place at which they are wrong. */
  readSettings(settings: unknown): Read<{ readonly origins: readonly Origin[] }>;
  readSecrets(secrets: unknown): Read<object>;
  /** @throws {HubError} UNSAFE_CONFIGURATION naming the first setting or secret that is wrong. */
  build(parts: {
    readonly settings: unknown;
    readonly secrets: unknown;
    readonly clock: Clock;
    readonly network: Network;
  }): Connector;
}

/** What was read, or what is wrong with it. Never repeats a value. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] };

/** One setting that is not right. */
export interface SettingProblem {
  readonly path: readonly string[];
  readonly message: string;
}

/** @throws {Error} for a kind written against a contract this hub does not keep. */
export function buildable<Settings, Secrets>(
  kind: ConnectorKind<Settings, Secrets>,
): BuildableKind {
  if (!isContractSupported(kind.contract))
    throw new Error(`Connector kind ${kind.kind} needs contract ${kind.contract}.`);
  return {
    kind,
    readSettings(settings) {
      const read = parse(kind.settings, settings);
      if (!read.ok) return read;
      return withOrigins(() => kind.origins(read.value));
    },
    readSecrets(secrets) {
      const read = parse(kind.secrets, secrets);
      return read.ok ? { ok: true, value: {} } : read;
    },
    build({ settings, secrets, clock, network }) {
      return kind.create({
        settings: required(parse(kind.settings, settings), 'settings'),
        secrets: required(parse(kind.secrets, secrets), 'secrets'),
        clock,
        network,
      });
    },
  };
}

/** Places in one text, by which credentials are bound: sorted, so that order does not matter. */
export function originsText(origins: readonly Origin[]): string {
  const texts = origins.map(({ protocol, host, port }) => `${protocol}://${host}:${port}`);
  return [...new Set(texts)].toSorted().join(' ');
}

function withOrigins(read: () => readonly Origin[]): Read<{ readonly origins: readonly Origin[] }> {
  try {
    return { ok: true, value: { origins: read() } };
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    const field = String(error.details['field'] ?? '');
    const reason = String(error.details['reason'] ?? error.code);
    return { ok: false, problems: [{ path: field === '' ? [] : [field], message: reason }] };
  }
}

function parse<T>(shape: ZodType<T>, given: unknown): Read<T> {
  const read = shape.safeParse(given);
  if (read.success) return { ok: true, value: read.data };
  const problems = read.error.issues.map(({ path, message }) => ({
    path: path.map(String),
    message,
  }));
  return { ok: false, problems };
}

function required<T>(read: Read<T>, part: string): T {
  if (read.ok) return read.value;
  const [problem] = read.problems;
  const field = [part, ...(problem?.path ?? [])].join('.');
  throw new HubError('UNSAFE_CONFIGURATION', {
    details: { field, reason: problem?.message ?? 'not right' },
  });
}
