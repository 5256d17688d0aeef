import type {
  FieldBySource,
  FieldVerdict,
  Reason,
  ReasonCode,
  RequirementVerdict,
  SourceObservation,
} from './verification.ts';

/**
 * Why a requirement is no plain yes or no, and what was followed on the way. In a fixed order:
 * what each source did, then field by field.
 */
export function reasonsFor(
  requirement: RequirementVerdict,
  observations: readonly SourceObservation[],
): readonly Reason[] {
  const reasons = [
    ...observations.flatMap((one) => reasonsOfSource(requirement, one)),
    ...requirement.fields.flatMap((field) => reasonsOfField(requirement.id, field, observations)),
  ];
  const unique = new Map(reasons.map((reason) => [JSON.stringify(reason), reason]));
  return [...unique.values()];
}

function reasonsOfSource(
  requirement: RequirementVerdict,
  one: SourceObservation,
): readonly Reason[] {
  const about = { requirement: requirement.id, source: one.source };
  const notes = one.notes.map((note): Reason => ({
    ...about,
    code: note.code,
    field: note.field,
    hop: null,
    detail: note.detail,
  }));
  const plain = (code: ReasonCode): Reason => ({
    ...about,
    code,
    field: null,
    hop: one.hop,
    detail: one.fault,
  });
  if (one.transport === 'DEFERRED') return notes;
  if (one.transport !== 'ANSWERED') return [plain('SOURCE_DID_NOT_ANSWER'), ...notes];
  if (requirement.belief === 'TRUE') return notes;
  switch (one.recordOutcome) {
    case 'ABSENT_UNCOVERED':
      if (isHeld(one)) return notes;
      return [plain('ABSENCE_MEANS_NOTHING'), ...notes];
    case 'ABSENT_COVERED':
      return [plain('NO_SUCH_RECORD'), ...notes];
    case 'FOUND_MANY':
      return [plain('SEVERAL_RECORDS'), ...notes];
    default:
      return notes;
  }
}

function reasonsOfField(
  requirement: string,
  verdict: FieldVerdict,
  observations: readonly SourceObservation[],
): readonly Reason[] {
  const about = { requirement, field: verdict.field, hop: null };
  const dissent = verdict.dissent.map((source): Reason => ({
    ...about,
    code: 'LOWER_RANK_DISSENTS',
    source,
    detail: null,
  }));
  if (verdict.belief === 'TRUE') return dissent;

  const contradiction: readonly Reason[] =
    verdict.belief === 'CONTRADICTORY'
      ? [{ ...about, code: 'SOURCES_CONTRADICT', source: null, detail: null }]
      : [];
  const told = verdict.bySource.flatMap((one, index) =>
    reasonsOfComparison(about, one, observations[index]),
  );
  const isOpenForLack =
    verdict.decisive &&
    verdict.belief === 'UNKNOWN' &&
    told.length === 0 &&
    observations.some(({ recordOutcome }) => recordOutcome === 'FOUND_ONE');
  const lack: readonly Reason[] = isOpenForLack
    ? [{ ...about, code: 'FIELD_NOT_HELD', source: null, detail: null }]
    : [];
  return [...contradiction, ...told, ...lack, ...dissent];
}

function reasonsOfComparison(
  about: Pick<Reason, 'requirement' | 'field' | 'hop'>,
  one: FieldBySource,
  observation: SourceObservation | undefined,
): readonly Reason[] {
  const reason = (code: ReasonCode, detail: string | null = null): readonly Reason[] => [
    { ...about, code, source: one.source, detail },
  ];
  const status = observation?.status ?? null;
  switch (one.outcome) {
    case 'MISMATCH':
      // A listing is told by the source's own note, an absence by its record outcome.
      if (about.field === 'CREDIT_STANDING') return [];
      if (about.field !== 'STATUS') return reason('VALUE_DIFFERS');
      return status === null ? [] : reason('RECORD_NOT_VALID', status);
    case 'MATCH_APPROXIMATE':
      return reason('APPROXIMATE_MATCH');
    case 'NOT_COMPARABLE':
      return about.field === 'STATUS' ? reason('STATUS_UNKNOWN', status) : reason('NOT_COMPARABLE');
    case 'WITHHELD':
      // What the hub held back is told by its note.
      return observation?.transport === 'ANSWERED' && !isHeld(observation)
        ? reason('FIELD_WITHHELD')
        : [];
    default:
      return [];
  }
}

function isHeld({ notes }: SourceObservation): boolean {
  return notes.some(({ code }) => code === 'ANOMALY_HOLD');
}
