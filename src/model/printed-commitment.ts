import type { CaseFile } from './case-file.ts';
import { chineseDay } from './chinese-day.ts';
import type { Commitment, CommitmentPublicity, Signer } from './commitment.ts';
import type { FormatText } from './format-text.ts';
import type { Matter } from './matter.ts';
import type { PrintedBlock, PrintedDocument } from './printed-document.ts';
import { signedParts } from './printed-text.ts';
import type { SubjectKind } from './subject-code.ts';

/** All that a signed commitment consists of. Names and codes are as the reader may see them. */
export interface SignedCommitment {
  readonly commitment: Commitment;
  readonly caseFile: CaseFile;
  readonly matter: Matter;
  /** The version that was signed. */
  readonly text: FormatText;
  readonly subject: {
    readonly kind: SubjectKind;
    readonly name: string;
    readonly code: string;
  };
  readonly signerName: string;
  /** Whether a name or code was masked for this reader. */
  readonly isMasked: boolean;
}

/**
 * A commitment as it was signed (承诺书): what was filled in, notice and commitment in the words of
 * the version that was signed, who signed, and when. What became of it since is not on it, so that
 * it is the same whenever it is printed.
 */
export function printedCommitment(signed: SignedCommitment): PrintedDocument {
  const { commitment, text, subject, signerName, isMasked } = signed;
  const masked: readonly PrintedBlock[] = isMasked
    ? [{ kind: 'PARAGRAPH', form: 'NOTE', text: '注：本件中自然人的姓名、证件号码已作掩码处理。' }]
    : [];
  return {
    title: '证明事项告知承诺书',
    subtitle: `承诺编码 ${commitment.code}`,
    blocks: [
      { kind: 'FACTS', facts: factsOf(signed) },
      ...signedParts(text),
      {
        kind: 'SIGNATURE',
        lines: [
          `承诺人：${subject.name}`,
          `签署人：${signerName}（${CAPACITIES[commitment.signer.capacity]}）`,
          chineseDay(commitment.signedOn),
        ],
      },
      ...masked,
    ],
    footer: `承诺编码 ${commitment.code}\n所签文本摘要（SHA-256）${commitment.text.digest}`,
    madeAt: commitment.signedAt,
  };
}

/** The same for machines. `form` names this shape; fields are only ever added to it. */
export interface CommitmentRecord {
  readonly form: 'hecha/commitment@1';
  readonly id: string;
  readonly code: string;
  readonly caseNumber: string;
  readonly matter: Pick<Matter, 'code' | 'version' | 'name' | 'certificate' | 'agencyCode'>;
  readonly subject: SignedCommitment['subject'];
  readonly signer: Signer;
  readonly signedOn: string;
  readonly signedAt: string;
  /** Null for none. */
  readonly validUntil: string | null;
  readonly publicity: CommitmentPublicity;
  readonly text: {
    readonly id: string;
    readonly version: number;
    /** SHA-256 of `plainText`, UTF-8, hex. */
    readonly digest: string;
    readonly plainText: string;
  };
}

/** `plainText` is that of the text that was signed (`plainText` of format-text.ts). */
export function commitmentRecord(
  { commitment, caseFile, matter, subject, signerName }: SignedCommitment,
  plainText: string,
): CommitmentRecord {
  const { id, code, signer, signedOn, signedAt, validUntil, publicity, text } = commitment;
  const { name, certificate, agencyCode } = matter;
  return {
    form: 'hecha/commitment@1',
    ...{ id, code, caseNumber: caseFile.caseNumber },
    matter: { code: matter.code, version: matter.version, name, certificate, agencyCode },
    subject,
    signer: { ...signer, name: signerName },
    ...{ signedOn, signedAt: signedAt.toISOString(), validUntil, publicity },
    text: {
      ...{ id: text.templateId, version: text.templateVersion, digest: text.digest },
      plainText,
    },
  };
}

const CAPACITIES: Readonly<Record<Signer['capacity'], string>> = {
  SELF: '本人',
  LEGAL_REPRESENTATIVE: '法定代表人或者负责人',
  PROXY: '委托代理人',
};

const PUBLICITIES: Readonly<Record<CommitmentPublicity, string>> = {
  PUBLIC: '承诺人同意向社会公开',
  NOT_ASKED: '本事项不公开承诺书',
  BARRED_FOR_PERSONS: '自然人的承诺书不公开',
};

const CODES: Readonly<Record<SubjectKind, string>> = {
  ENTERPRISE: '统一社会信用代码',
  INDIVIDUAL_BUSINESS: '统一社会信用代码',
  PERSON: '身份证件号码',
};

function factsOf({ commitment, caseFile, matter, subject, signerName }: SignedCommitment) {
  const { signer, validUntil } = commitment;
  return [
    { term: '办理事项', text: matter.name },
    { term: '实施编码', text: matter.code },
    { term: '承诺代替的证明', text: matter.certificate },
    { term: '受理机关', text: matter.agencyName },
    { term: '办件编号', text: caseFile.caseNumber },
    { term: '承诺人', text: subject.name },
    { term: CODES[subject.kind], text: subject.code },
    { term: '签署人', text: `${signerName}（${CAPACITIES[signer.capacity]}）` },
    ...(signer.proxyBasis === null ? [] : [{ term: '委托依据', text: signer.proxyBasis }]),
    { term: '签署日期', text: chineseDay(commitment.signedOn) },
    { term: '承诺有效期', text: validUntil === null ? '未设' : `至${chineseDay(validUntil)}` },
    { term: '承诺书公开', text: PUBLICITIES[commitment.publicity] },
    { term: '格式文本', text: `第${commitment.text.templateVersion}版` },
  ];
}
