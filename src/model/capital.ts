import { finding, type Finding } from './finding.ts';
import { INVISIBLE, isBlank } from './text.ts';

/** An amount of registered capital (注册资本). */
export interface Capital {
  /** Ten thousands (万) as an exact decimal without needless zeros, e.g. `1286.5`. */
  readonly amountWan: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** An amount, or the finding that says why there is none. */
export interface ParsedCapital {
  /** Null when there is no amount (NO_AMOUNT), or it cannot be read (MALFORMED_AMOUNT). */
  readonly capital: Capital | null;
  readonly findings: readonly Finding[];
}

const TEXT_LENGTH_MAX = 64;
/** Powers of ten by which a unit differs from 万. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['', -4],
  ['百', -2],
  ['千', -1],
  ['万', 0],
  ['十万', 1],
  ['百万', 2],
  ['千万', 3],
  ['亿', 4],
]);
const CURRENCIES: ReadonlyMap<string, string> = new Map([
  ['元', 'CNY'],
  ['圆', 'CNY'],
  ['人民币', 'CNY'],
  ['元人民币', 'CNY'],
  ['人民币元', 'CNY'],
  ['RMB', 'CNY'],
  ['美元', 'USD'],
  ['美金', 'USD'],
  ['日元', 'JPY'],
  ['日币', 'JPY'],
  ['欧元', 'EUR'],
  ['港元', 'HKD'],
  ['港币', 'HKD'],
  ['香港元', 'HKD'],
  ['英镑', 'GBP'],
  ['新加坡元', 'SGD'],
  ['澳大利亚元', 'AUD'],
  ['澳元', 'AUD'],
  ['加拿大元', 'CAD'],
  ['加元', 'CAD'],
  ['新西兰元', 'NZD'],
  ['韩元', 'KRW'],
  ['韩国元', 'KRW'],
  ['瑞士法郎', 'CHF'],
  ['新台币', 'TWD'],
  ['台币', 'TWD'],
  ['澳门元', 'MOP'],
  ['德国马克', 'DEM'],
  ['法国法郎', 'FRF'],
]);
const ISO_CODES: ReadonlySet<string> = new Set(CURRENCIES.values());

const AMOUNT = /^(\D*?)(\d[\d,]*)(?:\.(\d+))?([十百千]?万|亿|[百千])?([^\d.,万亿]*)$/u;
const GROUPED = /^\d{1,3}(?:,\d{3})+$/u;

/**
 * Reads `26万元`, `1,286.5000(万元人民币)`, `50万美元`, `5000元`, `USD 50万`. No floating point: the
 * amount is moved by its unit as text. A text that names no currency counts as yuan, with the
 * finding CURRENCY_ASSUMED; registers write zero for "none", with the finding ZERO_AMOUNT.
 */
export function parseCapital(text: string): ParsedCapital {
  if (text.length > TEXT_LENGTH_MAX) return MALFORMED;
  if (isBlank(text)) return NONE;

  const dense = text
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(/[()，]/gu, drop);
  if (!/\d/u.test(dense)) return isUnitOnly(dense) ? NONE : MALFORMED;
  const [, before = '', integer, fraction = '', unit = '', after = ''] = AMOUNT.exec(dense) ?? [];
  if (integer === undefined) return MALFORMED;
  if (integer.includes(',') && !GROUPED.test(integer)) return MALFORMED;

  const shift = UNITS.get(unit);
  const currency = currencyOf(before, after.replace(/整$/u, ''));
  if (shift === undefined || currency === null) return MALFORMED;
  const amountWan = decimal({ integer: integer.replaceAll(',', ''), fraction, shift });
  return {
    capital: { amountWan, currency: currency.code },
    findings: [
      ...(currency.isAssumed ? [finding('CURRENCY_ASSUMED')] : []),
      ...(amountWan === '0' ? [finding('ZERO_AMOUNT')] : []),
    ],
  };
}

const NONE: ParsedCapital = { capital: null, findings: [finding('NO_AMOUNT')] };
const MALFORMED: ParsedCapital = { capital: null, findings: [finding('MALFORMED_AMOUNT')] };

/** A full-width comma is a separator like any other; brackets around a unit mean nothing. */
function drop(character: string): string {
  return character === '，' ? ',' : '';
}

/** `万人民币`: a form whose number was left out. */
function isUnitOnly(text: string): boolean {
  const [, currency] = /^(?:[十百千]?万|亿)?(.*)$/u.exec(text) ?? [];
  return currency !== undefined && (currency === '' || codeOf(currency) !== null);
}

/** Null when either word is no currency, or the two contradict each other. */
function currencyOf(before: string, after: string): { code: string; isAssumed: boolean } | null {
  const words = [before, after].filter((word) => word !== '');
  if (words.length === 0) return { code: 'CNY', isAssumed: true };
  // 美元50万元: the last word only repeats that it is money.
  const telling = words.length > 1 && after === '元' ? [before] : words;
  const codes = new Set(telling.map(codeOf));
  const [code = null] = codes;
  return codes.size === 1 && code !== null ? { code, isAssumed: false } : null;
}

function codeOf(word: string): string | null {
  const upper = word.toUpperCase();
  return CURRENCIES.get(upper) ?? (ISO_CODES.has(upper) ? upper : null);
}

function decimal(number: { integer: string; fraction: string; shift: number }): string {
  const { integer, fraction, shift } = number;
  // The point stands after `integer`, moved right by `shift`; zeros make room on both sides.
  const digits = '0000' + integer + fraction.padEnd(4, '0');
  const point = 4 + integer.length + shift;
  const whole = digits.slice(0, point).replace(/^0+(?=\d)/u, '');
  const rest = digits.slice(point).replace(/0+$/u, '');
  return rest === '' ? whole : `${whole}.${rest}`;
}
