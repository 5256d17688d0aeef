import { driftFault, integrityFault } from '../fault.ts';
import { noteDay, readDay, readLastDay, readSubjectCode } from '../held-value.ts';
import type {
  AbnormalOperation,
  Enterprise,
  EnterpriseStatus,
  FormerName,
  Penalty,
  RegistrationChange,
  SeriousViolation,
} from '../../model/enterprise.ts';
import { finding, type Finding } from '../../model/finding.ts';
import { hasUnmappable } from '../../model/text.ts';
import type { Row } from './register-row.ts';

/** Where the two families of tables differ. */
interface Family {
  readonly kind: Enterprise['kind'];
  readonly base: string;
  /** 企业名称, or 字号名称 of an individual business. */
  readonly name: string;
  readonly address: string;
  /** 经营异常名录, or 经营异常标记 of an individual business. */
  readonly anomalies: string;
  readonly mode: AbnormalOperation['mode'];
}

const FAMILIES: readonly Family[] = [
  {
    kind: 'ENTERPRISE',
    base: 'E_BASEINFO',
    name: 'ENTNAME',
    address: 'DOM',
    anomalies: 'AO_OPA_DETAIL',
    mode: 'LISTED',
  },
  {
    kind: 'INDIVIDUAL_BUSINESS',
    base: 'E_PB_BASEINFO',
    name: 'TRANAME',
    address: 'OPLOC',
    anomalies: 'AO_PB_OPANOMALY',
    mode: 'MARKED',
  },
];

/** Changes of somebody else's name: of shareholders and partners (股东, 合伙人). */
const NAME_OF_OTHERS = /股东|投资人|出资|发起人|合伙人|分支/u;

export type StateReader = (code: string | null, word: string | null) => EnterpriseStatus;

/**
 * Whom an element is about, canonical. @throws {HubError} SOURCE_SCHEMA_DRIFT when it is silent.
 */
export function findCode(element: Row): string {
  const [base] = readBases(element).bases;
  if (base === undefined) throw driftFault(element.pointer);
  return readSubjectCode(required(base, 'UNISCID')).code;
}

/**
 * The market entities of one element of `subjects`: one, or several where its base table has
 * several rows.
 *
 * @throws {HubError} SOURCE_SCHEMA_DRIFT; SOURCE_INTEGRITY_FAILED for rows of another entity.
 */
export function readEnterprises(element: Row, readState: StateReader): readonly Enterprise[] {
  const { family, bases } = readBases(element);
  const entityIds = bases.map((base) => base.text('PRIPID'));
  return bases.map((base) => readEnterprise({ element, base, family, entityIds }, readState));
}

function readBases(element: Row): { readonly family: Family; readonly bases: readonly Row[] } {
  const families = FAMILIES.filter(({ base }) => element.has(base));
  const [family] = families;
  if (family === undefined || families.length > 1) throw driftFault(element.pointer);
  const bases = element.table(family.base);
  if (bases.length === 0) throw driftFault(element.pointerOf(family.base));
  return { family, bases };
}

interface Source {
  readonly element: Row;
  readonly base: Row;
  readonly family: Family;
  /** PRIPID of every base row of the element. */
  readonly entityIds: readonly (string | null)[];
}

function readEnterprise(source: Source, readState: StateReader): Enterprise {
  const { base, family } = source;
  const codeAsHeld = required(base, 'UNISCID');
  const name = required(base, family.name);
  const { code, findings: codeFindings } = readSubjectCode(codeAsHeld);
  const findings: Finding[] = [...codeFindings];
  if (hasUnmappable(name)) findings.push(finding('UNMAPPABLE_CHARACTER', 'name'));
  const stateWord = base.text('REGSTATE_CN');
  const stateCode = base.text('REGSTATE');
  const status = readState(stateCode, stateWord);
  if (status === 'UNKNOWN') findings.push(finding('UNKNOWN_STATUS', 'status'));
  const changes = readChanges(source, findings);
  return {
    code,
    entityId: base.text('PRIPID'),
    registrationNumber: base.text('REGNO'),
    kind: family.kind,
    name,
    formerNames: changes.flatMap(toFormerName),
    legalRepresentative: readPerson(source),
    type: base.text('ENTTYPE_CN'),
    capital: readCapital(source),
    establishedOn: noteDay(base.day('ESTDATE'), { field: 'establishedOn', findings }),
    validFrom: readDay(base.day('OPFROM'), base.pointerOf('OPFROM')),
    ...readLastDay(base.day('OPTO'), base.pointerOf('OPTO')),
    address: base.text(family.address),
    scope: base.text('OPSCOPE'),
    authority: base.text('REGORG_CN'),
    status,
    statusAsHeld: stateWord ?? stateCode,
    changes,
    abnormalOperations: readAnomalies(source, findings),
    seriousViolations: readViolations(source, findings),
    penalties: readPenalties(source, codeAsHeld, findings),
    notTold: [],
    findings,
  };
}

function required(row: Row, key: string): string {
  const text = row.text(key);
  if (text === null) throw driftFault(row.pointerOf(key));
  return text;
}

/**
 * Rows of a table that belong to this entity. A row of an entity not in the element is not ours.
 */
function rowsOf({ element, base, entityIds }: Source, table: string): readonly Row[] {
  const own = base.text('PRIPID');
  return element.table(table).filter((row) => {
    const owner = row.text('PRIPID');
    if (!entityIds.includes(owner)) throw integrityFault('OTHER_ENTITY', row.pointer);
    return owner === own;
  });
}

/** Legal representative (法定代表人), or operator (经营者) of an individual business. */
function readPerson(source: Source): string | null {
  if (source.family.kind === 'ENTERPRISE') return source.base.text('NAME');
  const names = rowsOf(source, 'E_PB_OPERATOR').map((row) => row.text('NAME'));
  return names.length === 1 ? (names[0] ?? null) : null;
}

/** 注册资本 is in units of ten thousand (万). Individual businesses have none. */
function readCapital({ base, family }: Source): string | null {
  if (family.kind !== 'ENTERPRISE') return null;
  const amount = base.text('REGCAP');
  const currency = base.text('REGCAPCUR_CN');
  if (amount === null) return null;
  return `${amount}万${currency === null || currency === '人民币' ? '元人民币' : currency}`;
}

function readChanges(source: Source, findings: Finding[]): readonly RegistrationChange[] {
  return rowsOf(source, 'E_ALTER_RECODER').map((row) => ({
    item: row.text('ALTITEM_CN') ?? '',
    before: row.text('ALTBE'),
    after: row.text('ALTAF'),
    changedOn: noteDay(row.day('ALTDATE'), { field: 'changes', findings }),
  }));
}

function toFormerName({ item, before, changedOn }: RegistrationChange): readonly FormerName[] {
  const isOwnName = item.includes('名称') && !NAME_OF_OTHERS.test(item);
  return isOwnName && before !== null ? [{ name: before, until: changedOn }] : [];
}

// A removal that cannot be read would leave the entry standing, so it is drift, not a finding.
function readAnomalies(source: Source, findings: Finding[]): readonly AbnormalOperation[] {
  const { anomalies, mode } = source.family;
  return rowsOf(source, anomalies).map((row) => ({
    mode,
    reason: row.text('SPECAUSE_CN'),
    since: noteDay(row.day('ABNTIME'), { field: 'abnormalOperations', findings }),
    authority: row.text('DECORG_CN'),
    removedOn: readDay(row.day('REMDATE'), row.pointerOf('REMDATE')),
  }));
}

function readViolations(source: Source, findings: Finding[]): readonly SeriousViolation[] {
  return rowsOf(source, 'E_LI_ILLDISDETAIL').map((row) => ({
    reason: row.text('SERILLREA_CN'),
    since: noteDay(row.day('ABNTIME'), { field: 'seriousViolations', findings }),
    authority: row.text('DECORG_CN'),
    removedOn: readDay(row.day('REMDATE'), row.pointerOf('REMDATE')),
  }));
}

/** Penalties (行政处罚) of three tables joined by caseId; the party table says whose they are. */
function readPenalties(
  { element, entityIds }: Source,
  code: string,
  findings: Finding[],
): readonly Penalty[] {
  const parties = element.table('CASE_CF_PARTYINFO');
  const punishments = element.table('CASE_CF_IRREGPUNISHINFO');
  return element.table('CASE_CF_BASEINFO').flatMap((row) => {
    const caseId = required(row, 'CASEID');
    const inCase = (other: Row): boolean => other.text('CASEID') === caseId;
    const isParty = parties.some((party) => inCase(party) && party.text('UNISCID') === code);
    if (!isParty && entityIds.length > 1) return [];
    if (!isParty) throw integrityFault('OTHER_PARTY', row.pointer);
    const own = punishments.filter(inCase);
    return [
      {
        documentNumber: row.text('PENDECNO'),
        act: joinTexts(own.map((each) => each.text('ILLEGACTTYPE'))),
        content: joinTexts(own.map((each) => each.text('PENCONTENT'))),
        authority: row.text('PENAUTH_CN'),
        decidedOn: noteDay(row.day('PENDECISSDATE'), { field: 'penalties', findings }),
        publicUntil: null,
      },
    ];
  });
}

function joinTexts(texts: readonly (string | null)[]): string | null {
  const told = texts.filter((text) => text !== null);
  return told.length === 0 ? null : told.join('；');
}
