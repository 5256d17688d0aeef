import { LICENSE_IDS } from '../../sandbox/fixtures.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import type { SourceId } from '../../sandbox/wire.ts';
import type {
  Answer,
  CallContext,
  Connector,
  KeyResult,
} from '../../src/connector-kit/connector.ts';
import { parseBusinessDate } from '../../src/model/business-date.ts';
import type { AssistanceDraft } from '../../src/model/assistance.ts';
import { CANARY_SUBJECTS } from './rig.ts';

export const DRAFT: AssistanceDraft = {
  requestId: '0b9c6a52-6a39-4f0e-9f5e-8f9a2d1f0c11',
  askingAgency: '11370800MB28559184',
  assistingAgency: '11370800MB2855926Y',
  matterCode: '11370800MB285591843370118009001',
  matterName: '省际普通货物水路运输经营许可',
  caseNumber: 'JN-2021-0917-001',
  legalBasis: '行政处罚法第二十六条',
  subject: { kind: 'PERSON', code: SUBJECTS.p1.code, name: SUBJECTS.p1.name },
  questions: [{ code: 'INSURED_SINCE_2020', text: '2020年1月以来是否连续参加职工医疗保险' }],
  dueOn: parseBusinessDate('2021-09-26') ?? raise('no such day'),
};

export const E1 = { kind: 'ENTERPRISE', code: SUBJECTS.e1.code, name: null } as const;
export const E2 = { kind: 'ENTERPRISE', code: SUBJECTS.e2.code, name: null } as const;
export const H1 = { kind: 'INDIVIDUAL_BUSINESS', code: SUBJECTS.h1.code, name: null } as const;
export const P1 = { kind: 'PERSON', code: SUBJECTS.p1.code, name: null } as const;

/** The main question of each source: one that finds and, where the source takes several, misses. */
export function askMain(
  id: SourceId,
  connector: Connector,
  call: CallContext,
): Promise<readonly KeyResult<unknown>[]> {
  const { capabilities } = connector;
  const keys = [E1, CANARY_SUBJECTS.absent, H1];
  switch (id) {
    case 'license-library':
      return need(capabilities['license.byIdentifier']).lookup(
        [{ identifier: LICENSE_IDS.endsOn17 }],
        call,
      );
    case 'publicity-system':
      return need(capabilities['enterprise.registration']).lookup(keys, call);
    case 'credit-platform':
      return need(capabilities['credit.profile']).lookup([...keys, P1], call);
    case 'assistance':
      return need(capabilities['assistance.request']).lookup([DRAFT], call);
  }
}

/** What a source concluded, without the bytes. Throws the fault of a key that has one. */
export function conclude(results: readonly KeyResult<unknown>[]): readonly unknown[] {
  return results.map((result) => {
    if (!result.ok) throw result.fault;
    const { records, absence } = result.answer;
    return { records, absence };
  });
}

/** The answer to the only, or first, key. */
export function answerOf<R>(results: readonly KeyResult<R>[]): Answer<R> {
  const [first] = results;
  if (first === undefined) throw new Error('no result');
  if (!first.ok) throw first.fault;
  return first.answer;
}

export function need<T>(value: T | null | undefined): T {
  return value ?? raise('missing');
}

function raise(message: string): never {
  throw new Error(message);
}
