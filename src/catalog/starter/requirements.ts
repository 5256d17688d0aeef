import { BUSINESS_LICENSE_TYPE } from '../../model/license.ts';
import type {
  AssistanceRung,
  ClaimField,
  Consultation,
  RequiredField,
  Requirement,
} from '../../model/policy.ts';

/** License types (证照类型代码) the starter matters ask for. */
export const LICENSE_TYPES = {
  business: BUSINESS_LICENSE_TYPE,
  identityCard: '11100000000013127D001',
  food: '11100000MB0143028R018',
  roadTransport: '11100000000013661B003',
  waterTransport: '11100000000013661B021',
  safetyProduction: '11100000000013338W050',
} as const;

/**
 * Half an hour: an applicant stands at the counter, and a second look at the same case is common.
 */
const MAX_AGE_SECONDS = 1_800;

/**
 * The business license (营业执照) is in force and belongs to the enterprise. Library and register
 * have equal authority on its status: when they contradict each other, a person decides. On names
 * the register wins, for only it knows former names.
 */
export const BUSINESS_LICENSE: Requirement = {
  id: 'business-license',
  label: '营业执照有效且主体一致',
  fields: [
    decisive('STATUS'),
    decisive('HOLDER_NAME'),
    decisive('HOLDER_CODE'),
    optional('LICENSE_IDENTIFIER'),
    optional('LICENSE_NUMBER'),
    optional('LEGAL_REPRESENTATIVE'),
    optional('ADDRESS'),
    optional('VALID_UNTIL'),
    optional('ESTABLISHED_ON'),
    optional('CAPITAL'),
  ],
  ladder: [
    {
      method: 'ONLINE',
      consult: [
        license(LICENSE_TYPES.business),
        {
          dataset: 'REGISTRATION',
          rank: 2,
          fieldRanks: [{ field: 'HOLDER_NAME', rank: 3 }],
          licenseTypeCode: null,
          maxAgeSeconds: MAX_AGE_SECONDS,
        },
      ],
    },
  ],
  acceptsSuccessor: true,
};

/** The register (登记信息) is the only authority: nothing else can settle these fields. */
export const REGISTRATION: Requirement = {
  id: 'registration',
  label: '登记状态与登记事项一致',
  fields: [
    decisive('STATUS'),
    decisive('HOLDER_NAME'),
    decisive('HOLDER_CODE'),
    optional('LEGAL_REPRESENTATIVE'),
    optional('ADDRESS'),
    optional('ESTABLISHED_ON'),
    optional('CAPITAL'),
  ],
  ladder: [{ method: 'ONLINE', consult: [consulted('REGISTRATION', 2)] }],
  acceptsSuccessor: false,
};

/**
 * No standing entry of dishonesty at the credit platform, nor of serious violations at the
 * register.
 */
export const CREDIT_STANDING: Requirement = {
  id: 'credit-standing',
  label: '无尚在公示期的严重失信记录',
  fields: [decisive('CREDIT_STANDING')],
  ladder: [{ method: 'ONLINE', consult: [consulted('CREDIT', 2), consulted('REGISTRATION', 2)] }],
  acceptsSuccessor: false,
};

/** As above for persons, of whom the register holds nothing. */
export const PERSONAL_CREDIT_STANDING: Requirement = {
  ...CREDIT_STANDING,
  ladder: [{ method: 'ONLINE', consult: [consulted('CREDIT', 2)] }],
};

/** The person is who they say: name and number as the identity card (居民身份证) has them. */
export const IDENTITY: Requirement = {
  id: 'identity',
  label: '身份信息与居民身份证一致',
  fields: [
    decisive('STATUS'),
    decisive('HOLDER_NAME'),
    decisive('HOLDER_CODE'),
    optional('VALID_UNTIL'),
    optional('ADDRESS'),
  ],
  ladder: [{ method: 'ONLINE', consult: [license(LICENSE_TYPES.identityCard)] }],
  acceptsSuccessor: false,
};

/** The name the credit platform holds is the person's: two sources for one name. */
export const RECORDED_NAME: Requirement = {
  id: 'recorded-name',
  label: '信用平台登记姓名与本人一致',
  fields: [decisive('HOLDER_NAME'), decisive('HOLDER_CODE')],
  ladder: [{ method: 'ONLINE', consult: [consulted('CREDIT', 1)] }],
  acceptsSuccessor: false,
};

/** A license of one type is in force on the day that counts. */
export function licenseInForce(given: {
  id: string;
  label: string;
  typeCode: string;
  acceptsSuccessor: boolean;
}): Requirement {
  return {
    id: given.id,
    label: given.label,
    fields: [
      decisive('STATUS'),
      decisive('HOLDER_NAME'),
      decisive('HOLDER_CODE'),
      optional('LICENSE_IDENTIFIER'),
      optional('LICENSE_NUMBER'),
      optional('VALID_UNTIL'),
      optional('LEGAL_REPRESENTATIVE'),
      optional('ADDRESS'),
    ],
    ladder: [{ method: 'ONLINE', consult: [license(given.typeCode)] }],
    acceptsSuccessor: given.acceptsSuccessor,
  };
}

/** A statement that no source holds online: another agency's people look it up. */
export function stated(given: {
  id: string;
  label: string;
  assistingAgency: string;
  workingDays: number;
  questions: AssistanceRung['questions'];
}): Requirement {
  return {
    id: given.id,
    label: given.label,
    fields: [decisive('STATEMENT')],
    ladder: [
      {
        method: 'ASSISTANCE',
        assistingAgency: given.assistingAgency,
        rank: 2,
        workingDays: given.workingDays,
        questions: given.questions,
      },
    ],
    acceptsSuccessor: false,
  };
}

function license(typeCode: string): Consultation {
  return {
    dataset: 'LICENSE',
    rank: 2,
    fieldRanks: [],
    licenseTypeCode: typeCode,
    maxAgeSeconds: MAX_AGE_SECONDS,
  };
}

function consulted(dataset: 'REGISTRATION' | 'CREDIT', rank: number): Consultation {
  return {
    dataset,
    rank,
    fieldRanks: [],
    licenseTypeCode: null,
    maxAgeSeconds: MAX_AGE_SECONDS,
  };
}

function decisive(field: ClaimField): RequiredField {
  return { field, decisive: true, mustBeClaimed: false };
}

function optional(field: ClaimField): RequiredField {
  return { field, decisive: false, mustBeClaimed: false };
}
