import type { EnterpriseStatus } from '../../model/enterprise.ts';
import { BRACKET_RULE, INVISIBLE } from '../../model/text.ts';

/** REGSTATE. 9 (其他) says nothing and is left out on purpose. */
const STATE_CODES: Readonly<Record<string, EnterpriseStatus>> = {
  '1': 'ACTIVE',
  '2': 'LICENSE_WITHDRAWN',
  '3': 'DEREGISTERED',
  '4': 'DEREGISTERED',
  '5': 'ANNULLED',
  '6': 'MOVED_OUT',
};

/**
 * REGSTATE_CN, whole texts without punctuation. Whole, for 注销 stands inside 吊销，未注销 and
 * 存续 may be followed by a remark that takes it back.
 */
const STATE_WORDS: Readonly<Record<string, EnterpriseStatus>> = {
  存续: 'ACTIVE',
  '存续(在营开业在册)': 'ACTIVE',
  在业: 'ACTIVE',
  开业: 'ACTIVE',
  在营: 'ACTIVE',
  在册: 'ACTIVE',
  '在营(开业)': 'ACTIVE',
  '在营(开业)企业': 'ACTIVE',
  正常: 'ACTIVE',
  登记成立: 'ACTIVE',
  歇业: 'DORMANT',
  '歇业(备案)': 'DORMANT',
  歇业备案: 'DORMANT',
  清算: 'IMPAIRED',
  清算中: 'IMPAIRED',
  停业: 'IMPAIRED',
  责令关闭: 'IMPAIRED',
  吊销: 'LICENSE_WITHDRAWN',
  已吊销: 'LICENSE_WITHDRAWN',
  吊销未注销: 'LICENSE_WITHDRAWN',
  '吊销(未注销)': 'LICENSE_WITHDRAWN',
  吊销已注销: 'DEREGISTERED',
  '吊销(已注销)': 'DEREGISTERED',
  注销: 'DEREGISTERED',
  已注销: 'DEREGISTERED',
  撤销: 'ANNULLED',
  已撤销: 'ANNULLED',
  撤销登记: 'ANNULLED',
  迁出: 'MOVED_OUT',
  已迁出: 'MOVED_OUT',
  迁移异地: 'MOVED_OUT',
};

/** Words and codes of one province, over those that are shipped. */
export interface StateVocabulary {
  readonly stateCodes: Readonly<Record<string, EnterpriseStatus>>;
  readonly stateWords: Readonly<Record<string, EnterpriseStatus>>;
}

/**
 * The registration state by its code and its text. The text decides; the code stands in for a
 * blank one. UNKNOWN for a text nobody has mapped, and where text and code contradict each other.
 */
export function createStateReader(
  own: StateVocabulary,
): (code: string | null, word: string | null) => EnterpriseStatus {
  const codes = new Map(Object.entries({ ...STATE_CODES, ...own.stateCodes }));
  const words = new Map(
    Object.entries({ ...STATE_WORDS, ...own.stateWords }).map(
      ([word, status]) => [wordKey(word), status] as const,
    ),
  );
  return (code, word) => {
    const byCode = code === null ? null : (codes.get(code) ?? null);
    if (word === null) return byCode ?? 'UNKNOWN';
    const byWord = words.get(wordKey(word)) ?? 'UNKNOWN';
    return byCode === null || byCode === byWord ? byWord : 'UNKNOWN';
  };
}

function wordKey(word: string): string {
  const plain = BRACKET_RULE.apply(word.normalize('NFKC')).replace(INVISIBLE, '');
  return plain.replace(/[,，、;；.。]/gu, '');
}
