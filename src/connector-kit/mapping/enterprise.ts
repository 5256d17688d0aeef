import {
  ENTERPRISE_STATUSES,
  type AbnormalOperation,
  type Enterprise,
  type EnterpriseList,
  type FormerName,
  type RegistrationChange,
  type SeriousViolation,
} from '../../model/enterprise.ts';
import { driftFault } from '../fault.ts';
import type { Fields, RecordFields } from './fields.ts';
import type { Read } from './read.ts';
import { compileName, compilePenalty, compileSubjectCode, wordOf } from './subject.ts';

/** Registrar 9 (market regulation), class 2 (个体工商户), in a unified social credit code. */
const INDIVIDUAL_BUSINESS = '92';
/** Changes of somebody else's name: of shareholders and partners (股东, 合伙人). */
const NAME_OF_OTHERS = /股东|投资人|出资|发起人|合伙人|分支/u;
const KINDS = ['ENTERPRISE', 'INDIVIDUAL_BUSINESS'] as const;

/**
 * Market entities of one row each, with the lists inside it. Former names without a rule of their
 * own are what the changes of the register tell.
 */
export function compileEnterprise(fields: RecordFields): Read<Enterprise> {
  const [code, name] = [compileSubjectCode(fields), compileName(fields, 'name')];
  const [status, kind] = [fields.word('status'), fields.word('kind')];
  const [texts, namePointer] = [compileTexts(fields), fields.pointer('name')];
  const [establishedOn, validFrom] = [fields.day('establishedOn'), fields.day('validFrom')];
  const validity = fields.lastDay('validUntil');
  const changes = fields.list('changes', compileChange);
  const [formerNames, hasFormerNames] = compileFormerNames(fields);
  const abnormalOperations = fields.list('abnormalOperations', compileAbnormalOperation);
  const seriousViolations = fields.list('seriousViolations', compileSeriousViolation);
  const penalties = fields.list('penalties', compilePenalty);
  const notTold = listsNotTold(fields);
  return (row, reading) => {
    const subject = code(row, reading);
    const ownName = name(row, reading);
    if (ownName === null) throw driftFault(reading.at + namePointer, 'BLANK');
    const word = status(row, reading);
    const told = changes(row, reading);
    const byCode = subject.code.startsWith(INDIVIDUAL_BUSINESS) ? KINDS[1] : KINDS[0];
    const ownKind = wordOf(kind(row, reading).value, KINDS, byCode);
    const operations = abnormalOperations(row, reading);
    return {
      code: subject.code,
      kind: ownKind,
      name: ownName,
      ...texts(row, reading),
      formerNames: hasFormerNames
        ? formerNames(row, reading).flatMap((former) => (former === null ? [] : [former]))
        : told.flatMap(toFormerName),
      establishedOn: establishedOn(row, reading),
      validFrom: validFrom(row, reading),
      ...validity(row, reading),
      status: wordOf(word.value, ENTERPRISE_STATUSES, 'UNKNOWN'),
      statusAsHeld: word.asHeld,
      changes: told,
      abnormalOperations: operations.map((operation) => toOperation(operation, ownKind)),
      seriousViolations: seriousViolations(row, reading),
      penalties: penalties(row, reading),
      notTold,
      findings: reading.findings,
    };
  };
}

/** Lists without a rule. The changes of the register tell former names as well. */
function listsNotTold({ hasList }: RecordFields): readonly EnterpriseList[] {
  const told: readonly (readonly [EnterpriseList, boolean])[] = [
    ['FORMER_NAMES', hasList('formerNames') || hasList('changes')],
    ['CHANGES', hasList('changes')],
    ['ABNORMAL_OPERATIONS', hasList('abnormalOperations')],
    ['SERIOUS_VIOLATIONS', hasList('seriousViolations')],
    ['PENALTIES', hasList('penalties')],
  ];
  return told.flatMap(([list, isTold]) => (isTold ? [] : [list]));
}

type TextName =
  | 'entityId'
  | 'registrationNumber'
  | 'legalRepresentative'
  | 'type'
  | 'capital'
  | 'address'
  | 'scope'
  | 'authority';

function compileTexts(fields: Fields): Read<Pick<Enterprise, TextName>> {
  const [entityId, registrationNumber] = [
    fields.text('entityId'),
    fields.text('registrationNumber'),
  ];
  const [legalRepresentative, type] = [fields.text('legalRepresentative'), fields.text('type')];
  const [capital, address] = [fields.text('capital'), fields.text('address')];
  const [scope, authority] = [fields.text('scope'), fields.text('authority')];
  return (row, reading) => ({
    entityId: entityId(row, reading),
    registrationNumber: registrationNumber(row, reading),
    legalRepresentative: legalRepresentative(row, reading),
    type: type(row, reading),
    capital: capital(row, reading),
    address: address(row, reading),
    scope: scope(row, reading),
    authority: authority(row, reading),
  });
}

function compileChange(fields: Fields): Read<RegistrationChange> {
  const [item, before] = [fields.text('item'), fields.text('before')];
  const [after, changedOn] = [fields.text('after'), fields.day('changedOn')];
  return (row, reading) => ({
    item: item(row, reading) ?? '',
    before: before(row, reading),
    after: after(row, reading),
    changedOn: changedOn(row, reading),
  });
}

function compileFormerNames(
  fields: RecordFields,
): readonly [Read<readonly (FormerName | null)[]>, boolean] {
  const names = fields.list('formerNames', (inner): Read<FormerName | null> => {
    const [name, until] = [inner.text('name'), inner.day('until')];
    return (row, reading) => {
      const former = name(row, reading);
      return former === null ? null : { name: former, until: until(row, reading) };
    };
  });
  return [names, fields.hasList('formerNames')];
}

function toFormerName({ item, before, changedOn }: RegistrationChange): readonly FormerName[] {
  const isOwnName = item.includes('名称') && !NAME_OF_OTHERS.test(item);
  return isOwnName && before !== null ? [{ name: before, until: changedOn }] : [];
}

type HeldOperation = Omit<AbnormalOperation, 'mode'> & { readonly mode: string | null };

function compileAbnormalOperation(fields: Fields): Read<HeldOperation> {
  const [entry, mode] = [compileSeriousViolation(fields), fields.word('mode')];
  return (row, reading) => ({ mode: mode(row, reading).value, ...entry(row, reading) });
}

/** Enterprises are listed (列入), individual businesses marked (标记), unless the row says so. */
function toOperation(operation: HeldOperation, kind: Enterprise['kind']): AbnormalOperation {
  const usual = kind === 'INDIVIDUAL_BUSINESS' ? 'MARKED' : 'LISTED';
  return { ...operation, mode: wordOf(operation.mode, ['LISTED', 'MARKED'], usual) };
}

function compileSeriousViolation(fields: Fields): Read<SeriousViolation> {
  const [reason, authority] = [fields.text('reason'), fields.text('authority')];
  const [since, removedOn] = [fields.day('since'), fields.day('removedOn')];
  return (row, reading) => ({
    reason: reason(row, reading),
    since: since(row, reading),
    authority: authority(row, reading),
    removedOn: removedOn(row, reading),
  });
}
