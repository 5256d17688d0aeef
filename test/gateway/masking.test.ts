import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { CASE_ID, PERSON_ID, PERSON_NAME, REQUEST, VERIFICATION_ID } from './records.ts';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const EVERYTHING = `{
  case(id: "${CASE_ID}") { subjects {
    kind name code
    licenses(typeCode: "11100000000013127D001") { licenses { number holderName holderCode } }
    creditProfile { profile { name codeAsHeld } }
    assistanceRequests { subjectName subjectCode }
    ... on EnterpriseSubject { registration { registration { name legalRepresentative changes { before after } } } }
    ... on IndividualBusinessSubject { registration { registration { name legalRepresentative changes { before after } } } }
  } }
  verification(id: "${VERIFICATION_ID}") { claims { field value } }
  assistanceRequests(box: SENT, first: 1) { nodes { subjectName subjectCode } }
}`;

describe.each([
  { compiled: 'interpreted', times: 1 },
  { compiled: 'compiled', times: 3 },
])('in an $compiled operation', ({ times }) => {
  async function ask(scopes: readonly string[], roles: readonly 'COUNTER'[] = ['COUNTER']) {
    let answer = await world.ask(EVERYTHING, {}, { scopes, roles });
    for (let asked = 1; asked < times; asked += 1)
      answer = await world.ask(EVERYTHING, {}, { scopes, roles });
    return answer;
  }

  test('names and identifiers of persons are masked for officers', async () => {
    const answer = await ask([]);

    const { subjects } = answer.json.data.case;
    expect(subjects[2]).toEqual({
      kind: 'PERSON',
      name: '张*丰',
      code: '370802********1237',
      licenses: {
        licenses: [
          { number: '370802********1237', holderName: '张*丰', holderCode: '370802********1237' },
        ],
      },
      creditProfile: { profile: { name: '张*丰', codeAsHeld: '370802********1237' } },
      assistanceRequests: [{ subjectName: '张*丰', subjectCode: '370802********1237' }],
    });
    expect(answer.json.data.verification.claims).toEqual([
      { field: 'HOLDER_NAME', value: '张*丰' },
      { field: 'LICENSE_NUMBER', value: '370802********1237' },
      { field: 'LEGAL_REPRESENTATIVE', value: '王*二' },
      { field: 'ADDRESS', value: '山东省济宁市任城区****' },
    ]);
    expect(answer.text).not.toContain(PERSON_ID);
    expect(answer.text).not.toContain(PERSON_NAME);
  });

  test('enterprises are public; whoever is an individual business is a person', async () => {
    const answer = await ask([]);

    const [enterprise, individual] = answer.json.data.case.subjects;
    expect(enterprise).toMatchObject({
      name: '济宁某某食品有限公司',
      code: '91350100M000100Y43',
      registration: {
        registration: {
          name: '济宁某某食品有限公司',
          legalRepresentative: '李四',
          changes: [{ before: '王小二', after: '李四' }],
        },
      },
    });
    expect(individual).toMatchObject({
      name: '任城区张三小吃店',
      registration: {
        registration: {
          legalRepresentative: '李*',
          changes: [{ before: '王*二', after: '李*' }],
        },
      },
    });
  });

  test('whoever holds the scope evidence:read sees persons as the sources hold them', async () => {
    const answer = await ask(['evidence:read']);

    expect(answer.text).not.toContain('*');
    expect(answer.json.data.case.subjects[2]).toMatchObject({
      name: PERSON_NAME,
      code: PERSON_ID,
      licenses: { licenses: [{ number: PERSON_ID, holderName: PERSON_NAME }] },
    });
  });
});

test('an assisting agency is told whom it is asked about', async () => {
  const answer = await world.ask(
    `{ assistanceRequest(id: "${REQUEST.id}") { subjectName subjectCode overdue state } }`,
    {},
    { roles: ['ASSIST_UNIT'], agencyCode: REQUEST.assistingAgency },
  );

  expect(answer.json.data.assistanceRequest).toEqual({
    subjectName: PERSON_NAME,
    subjectCode: PERSON_ID,
    overdue: true,
    state: 'SUBMITTED',
  });
});
