let toGbk: ReadonlyMap<string, number> | null = null;

/**
 * Text in GBK, as a database in that charset stores it: what GBK cannot hold (•, 㛃, 𠮷) becomes
 * `?`, silently.
 */
export function encodeGbk(text: string): Buffer {
  toGbk ??= readGbkTable();
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const pair = toGbk.get(character);
    if (code < 0x80) bytes.push(code);
    else if (pair === undefined) bytes.push(0x3f);
    else bytes.push(pair >> 8, pair & 0xff);
  }
  return Buffer.from(bytes);
}

/** What is left of a text after a system that works in GBK has handled it. */
export function passThroughGbk(text: string): string {
  return new TextDecoder('gbk').decode(encodeGbk(text));
}

/** Every two-byte character of GBK, read back from the platform's decoder. */
function readGbkTable(): ReadonlyMap<string, number> {
  const decoder = new TextDecoder('gbk', { fatal: true });
  const table = new Map<string, number>();
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      const character = decodePair(decoder, lead, trail);
      if (character !== null && !table.has(character)) table.set(character, (lead << 8) | trail);
    }
  }
  return table;
}

function decodePair(
  decoder: InstanceType<typeof TextDecoder>,
  lead: number,
  trail: number,
): string | null {
  if (trail === 0x7f) return null;
  try {
    const text = decoder.decode(Uint8Array.of(lead, trail));
    const inPrivateUse = text >= '\ue000' && text <= '\uf8ff';
    return [...text].length === 1 && !inPrivateUse ? text : null;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
