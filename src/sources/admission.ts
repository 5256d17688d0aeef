import type { Capabilities, CapabilityName, KeyResult } from '../connector-kit/connector.ts';
import { HubError } from '../errors.ts';
import { asSourceFault, isIll } from './transport.ts';

/** What a connector said of one key. */
export type Result = KeyResult<Capabilities[CapabilityName]['record']>;

/** A result that can be kept as evidence, with its records as JSON text that the database takes. */
export type Admitted = Result & { readonly records: string };

/** Decides what of a connector's word is taken. */
export interface Admission {
  /**
   * The results of a call, one a key.
   *
   * @throws {HubError} SOURCE_SCHEMA_DRIFT when their number is wrong, for then no result belongs
   * to a key; the common fault when all keys failed for the same ill reason.
   */
  match(results: readonly Result[], keys: number): readonly Result[];
  /** A result that cannot be kept becomes a fault; it never becomes an answer. */
  admit(result: Result): Admitted;
  /** The fault a connector meant. Anything it may not throw is logged as our bug. */
  blame(error: unknown): HubError;
}

const RAW_BYTES_MAX = 1_048_576;

/** Text that JSON can write and PostgreSQL cannot store: NUL, and halves of surrogate pairs. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i;

/** Judges what a connector returns or throws before anything is made of it. */
export function createAdmission(deps: {
  readonly source: string;
  readonly name: CapabilityName;
  readonly log: { warn(facts: object, message: string): void };
}): Admission {
  const { source, name } = deps;

  function match(results: readonly Result[], keys: number): readonly Result[] {
    if (results.length !== keys) {
      const reason = 'RESULT_COUNT';
      const details = { source, hop: 'CONNECTOR', reason, results: results.length, keys };
      throw new HubError('SOURCE_SCHEMA_DRIFT', { details });
    }
    const common = commonIllness(results);
    if (common !== null) throw common;
    return results;
  }

  function admit(result: Result): Admitted {
    try {
      return result.ok ? admitAnswer(result) : refuse(blame(result.fault));
    } catch (error) {
      return refuse(blame(error));
    }
  }

  function admitAnswer(result: Extract<Result, { ok: true }>): Admitted {
    const { raw, records: found } = result.answer;
    if (!Array.isArray(found)) throw new TypeError('records is not a list');
    const records = JSON.stringify(found);
    if (raw.byteLength > RAW_BYTES_MAX) return refuse(malformed('REPLY_TOO_LARGE'));
    if (UNSTORABLE.test(records)) return refuse(malformed('UNSTORABLE_TEXT'));
    return { ...result, records };
  }

  function malformed(reason: string): HubError {
    return new HubError('SOURCE_MALFORMED', { details: { source, hop: 'SOURCE', reason } });
  }

  function blame(error: unknown): HubError {
    const fault = asSourceFault(error);
    if (fault !== error) {
      const facts = { source, capability: name, ...placeOf(error) };
      deps.log.warn(facts, 'connector failed in a way it may not');
    }
    // A connector does not know under which id it is registered; whoever reads the fault must.
    const details = { ...fault.details, source };
    return new HubError(fault.code, { details, cause: fault.cause });
  }

  return { match, admit, blame };
}

function refuse(fault: HubError): Admitted {
  return { ok: false, fault, records: '[]' };
}

function commonIllness(results: readonly Result[]): HubError | null {
  const faults = results.flatMap((result) => (result.ok ? [] : [result.fault]));
  const first = faults[0];
  if (first === undefined || faults.length < results.length || !isIll(first)) return null;
  return faults.every(({ code }) => code === first.code) ? first : null;
}

/** Kind of the error and the line that threw it; its message may quote what the source said. */
function placeOf(error: unknown): { readonly error: string; readonly at: string } {
  if (!(error instanceof Error)) return { error: typeof error, at: 'unknown' };
  const at = error.stack?.split('\n').find((line) => /^\s+at /.test(line));
  return { error: error.name, at: at?.trim() ?? 'unknown' };
}
