const FENCED = /^(?<fence>`{3,})[^\n]*\n.*?^\k<fence>$/gmsu;
const CODE = /`[^`\n]*`/gu;
const LINK = /\[[^\]]*\]\((?<target>[^)\s]+)\)/gu;
const REFERENCE = /^\[[^\]]+\]:\s+(?<target>\S+)$/gmu;
const ELSEWHERE = /^(?:[a-z][a-z+.-]*:|#)/iu;

/** Relative links of a page that lead nowhere, in the order in which they stand. */
export function findBrokenLinks(
  page: string,
  text: string,
  exists: (path: string) => boolean,
): readonly string[] {
  const prose = text.replace(FENCED, '').replace(CODE, '');
  return [...prose.matchAll(LINK), ...prose.matchAll(REFERENCE)]
    .map(({ groups }) => groups?.['target'] ?? '')
    .filter((target) => !ELSEWHERE.test(target))
    .filter((target) => !exists(decodeURIComponent(target.replace(/#.*$/u, ''))))
    .map((target) => `${page}: ${target}`);
}
