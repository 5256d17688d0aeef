import type { Resolvers } from '../../generated/graphql.ts';
import type { LicenseSeen, RequestContext } from '../context.ts';

/** Whoever was found under a person's code is a person, and so is whoever has a person's id. */
function isHeldByPerson({ license, subject }: LicenseSeen, { mask }: RequestContext): boolean {
  const code = license.holderCode;
  return subject.kind === 'PERSON' || (code !== null && mask.code(code) !== code);
}

/** What the license library holds, persons masked. */
export const licenseResolvers: Resolvers = {
  License: {
    identifier: ({ license }) => license.identifier,
    typeCode: ({ license }) => license.typeCode,
    typeName: ({ license }) => license.typeName,
    number: (seen, _args, context) => {
      const { number } = seen.license;
      if (number === null || !isHeldByPerson(seen, context)) return number;
      return context.mask.personNumber(number);
    },
    holderName: (seen, _args, context) => {
      const { holderName } = seen.license;
      if (holderName === null || !isHeldByPerson(seen, context)) return holderName;
      return context.mask.personName(holderName);
    },
    holderCode: ({ license }, _args, { mask }) =>
      license.holderCode === null ? null : mask.code(license.holderCode),
    issuer: ({ license }) => license.issuer,
    issuedOn: ({ license }) => license.issuedOn,
    validFrom: ({ license }) => license.validFrom,
    validUntil: ({ license }) => license.validUntil,
    longTerm: ({ license }) => license.longTerm,
    replaces: ({ license }) => license.replaces,
    withheld: ({ license }) => license.withheld,
    findings: ({ license }) => license.findings,
  },
};
