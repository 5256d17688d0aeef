import type { WrittenElement } from '../model/format-text.ts';

/**
 * A whole format text (告知承诺书格式文本) for the first sample matter, as an agency would write it:
 * something to print, and to sign under, when a demo has just been started.
 */
export const SAMPLE_TEXT: readonly WrittenElement[] = [
  { element: 'MATTER_NAME', text: '省际普通货物水路运输经营许可。' },
  {
    element: 'LEGAL_BASIS',
    text: '《国内水路运输管理条例》第六条、第八条；《国内水路运输管理规定》第五条、第七条。',
  },
  {
    element: 'PROOF_PURPOSE',
    text:
      '证明用途：用于证明申请人具备企业法人资格。\n' +
      '证明内容：营业执照所载的名称、统一社会信用代码、法定代表人、经营范围和营业期限。',
  },
  {
    element: 'COMMITMENT_FORM',
    text:
      '申请人以书面形式（含电子文本）作出承诺，由法定代表人签署并加盖公章，不可代为承诺。' +
      '申请人不愿承诺或者无法承诺的，应当提交法律、法规或者国务院决定要求的证明。',
  },
  {
    element: 'COMMITMENT_EFFECT',
    text: '申请人作出符合要求的书面承诺后，行政机关不再索要有关证明，依据书面承诺办理。',
  },
  {
    element: 'FALSE_COMMITMENT_LIABILITY',
    text:
      '承诺不实的，行政机关依法终止办理、责令限期整改、撤销行政决定或者予以行政处罚，' +
      '并纳入信用记录；涉嫌犯罪的，依法移送司法机关。',
  },
  {
    element: 'VERIFICATION_POWER',
    text:
      '行政机关可以通过电子证照库、政务信息共享平台、国家企业信用信息公示系统等收集、比对' +
      '相关数据，实施在线核查；确有必要的，现场核查，或者请求其他行政机关协助核查。',
  },
  { element: 'PUBLICITY_SCOPE', text: '本事项不向社会公开承诺书。' },
  {
    element: 'WITHDRAWAL',
    text: '行政事项办结前，申请人有合理理由的，可以撤回承诺；撤回后按照原程序办理，不视为失信。',
  },
  { element: 'COMPLAINTS', text: '受理窗口的意见箱，以及12345政务服务便民热线。' },
  { element: 'INFORMED', text: '已知晓行政机关告知的全部内容。' },
  { element: 'CONDITIONS_MET', text: '已符合行政机关告知的条件和要求。' },
  { element: 'TRUTHFUL', text: '填报的信息真实、准确、完整。' },
  { element: 'ACCEPTS_VERIFICATION', text: '愿意接受行政机关的核查。' },
  { element: 'ACCEPTS_LIABILITY', text: '愿意承担不实承诺、违反承诺的法律责任。' },
  { element: 'TRUE_INTENT', text: '上述承诺是承诺人的真实意思表示。' },
  { element: 'SIGNATURE_AND_DATE', text: '由承诺人签名并盖章，注明日期。' },
  {
    element: 'CONDITIONS_FOR_CHOOSING',
    text: '无较严重的不良信用记录，且不曾作出虚假承诺；有此情形的，信用修复前不适用告知承诺制。',
  },
  { element: 'PROCEDURE_WHEN_CHOSEN', text: '申请、告知、承诺、受理、决定，其后核查。' },
  { element: 'PROCEDURE_WHEN_NOT_CHOSEN', text: '申请、提交证明、受理、审查、决定。' },
  { element: 'LEAVING_MIDWAY', text: '向受理窗口书面撤回承诺，补交证明，转为一般程序。' },
];
