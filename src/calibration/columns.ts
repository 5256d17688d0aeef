import { parseDate } from '../model/business-date.ts';
import { parseCapital } from '../model/capital.ts';
import { hasFinding } from '../model/finding.ts';
import { ORGANIZATION_RULES } from '../model/name.ts';
import { PROVINCES } from '../model/region-table.ts';
import { hasUnmappable, isBlank, rulesThatChange, TEXT_RULES } from '../model/text.ts';
import { parseUnifiedSocialCreditCode } from '../model/unified-social-credit-code.ts';

/** What the readers of the hub make of one field. */
export type FieldReading =
  /** Findings are codes of findings, and ids of the text rules that change the text. */
  | { readonly kind: 'READ'; readonly findings: readonly string[] }
  /** Blank or a placeholder, where a blank is allowed. */
  | { readonly kind: 'ABSENT' }
  | { readonly kind: 'REFUSED'; readonly reason: string };

/** The public layout of enterprise registers (企业名录), and how each column is read. */
export const COLUMNS: ReadonlyMap<string, (text: string) => FieldReading> = new Map([
  ['企业名称', readName],
  ['统一社会信用代码', readCode],
  ['注册日期', readDay],
  ['企业类型', readText],
  ['注册资金', readCapital],
  ['所在省份', readProvince],
  ['地区', readText],
  ['注册地址', readText],
]);

const ABSENT: FieldReading = { kind: 'ABSENT' };

function readName(text: string): FieldReading {
  if (isBlank(text)) return { kind: 'REFUSED', reason: 'EMPTY' };
  const lost = hasUnmappable(text) ? ['UNMAPPABLE_CHARACTER'] : [];
  return { kind: 'READ', findings: [...lost, ...rulesThatChange(text, ORGANIZATION_RULES)] };
}

function readCode(text: string): FieldReading {
  const result = parseUnifiedSocialCreditCode(text);
  return result.ok
    ? { kind: 'READ', findings: result.findings.map(({ code }) => code) }
    : { kind: 'REFUSED', reason: result.reason };
}

function readDay(text: string): FieldReading {
  const day = parseDate(text, { role: 'OTHER' });
  switch (day.kind) {
    case 'DATE':
      return { kind: 'READ', findings: [] };
    case 'ABSENT':
      return ABSENT;
    case 'LONG_TERM':
    case 'BAD_DATE':
      return { kind: 'REFUSED', reason: 'BAD_DATE' };
  }
}

function readCapital(text: string): FieldReading {
  const { capital, findings } = parseCapital(text);
  if (capital !== null) return { kind: 'READ', findings: findings.map(({ code }) => code) };
  return hasFinding(findings, 'NO_AMOUNT')
    ? ABSENT
    : { kind: 'REFUSED', reason: 'MALFORMED_AMOUNT' };
}

const PROVINCE_NAMES: readonly string[] = [...PROVINCES.values()];

/** A province with or without 省: a text that is none shows that the columns have slipped. */
function readProvince(text: string): FieldReading {
  if (isBlank(text)) return ABSENT;
  const name = text.trim();
  const isKnown = name.length >= 2 && PROVINCE_NAMES.some((one) => one.startsWith(name));
  return isKnown ? { kind: 'READ', findings: [] } : { kind: 'REFUSED', reason: 'UNKNOWN_PROVINCE' };
}

function readText(text: string): FieldReading {
  return isBlank(text) ? ABSENT : { kind: 'READ', findings: rulesThatChange(text, TEXT_RULES) };
}
