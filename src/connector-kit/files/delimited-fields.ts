/**
 * The fields of one record (RFC 4180, with any separator): a quote counts only where a field
 * begins with it, and two of them inside stand for one. Null while a quote is still open. What
 * stands between a closing quote and the next separator belongs to the field as written.
 */
export function splitFields(
  text: string,
  { separator, quote }: { readonly separator: string; readonly quote: string | null },
): readonly string[] | null {
  if (quote === null || !text.includes(quote)) return text.split(separator);
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const field = readField(text, { at, separator, quote });
    if (field === null) return null;
    fields.push(field.text);
    if (field.end >= text.length) return fields;
    at = field.end + separator.length;
  }
}

interface FieldStart {
  readonly at: number;
  readonly separator: string;
  readonly quote: string;
}

interface Field {
  readonly text: string;
  /** Where the separator behind it begins; the length of the text at its end. */
  readonly end: number;
}

function readField(text: string, { at, separator, quote }: FieldStart): Field | null {
  if (!text.startsWith(quote, at)) {
    const end = endOf(text, separator, at);
    return { text: text.slice(at, end), end };
  }
  const parts: string[] = [];
  let from = at + quote.length;
  for (;;) {
    const closing = text.indexOf(quote, from);
    if (closing < 0) return null;
    parts.push(text.slice(from, closing));
    from = closing + quote.length;
    if (!text.startsWith(quote, from)) break;
    parts.push(quote);
    from += quote.length;
  }
  const end = endOf(text, separator, from);
  return { text: parts.join('') + text.slice(from, end), end };
}

function endOf(text: string, separator: string, from: number): number {
  const end = text.indexOf(separator, from);
  return end < 0 ? text.length : end;
}
