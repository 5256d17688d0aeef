// What a spreadsheet runs: also as East Asian keyboards write it, which some of them fold.
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/u;

/**
 * A text as a field of CSV (RFC 4180). One that begins like a formula gets an apostrophe in front,
 * so that no spreadsheet runs it.
 */
export function csvField(text: string): string {
  const plain = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
