import { createRefusals } from '../audit/refusals.ts';
import { createCasework } from '../casework/casework.ts';
import { AGENCIES } from '../catalog/starter/agencies.ts';
import { STARTER_MATTERS } from '../catalog/starter/matters.ts';
import type { Hub } from '../hub.ts';
import type { Caller } from '../model/caller.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import type { Matter } from '../model/matter.ts';
import { createTexts } from '../texts/texts.ts';
import { DEMO_ACCOUNTS } from './keeping.ts';
import { SAMPLE_TEXT } from './sample-text.ts';

/** Ids of the sample cases, fixed so that the README can name them. */
export const SAMPLE = {
  transport: {
    caseId: 'de300000-0000-4000-8000-000000000001',
    subjectId: 'de300000-0000-4000-8000-000000000002',
  },
  dispatch: {
    caseId: 'de300000-0000-4000-8000-000000000003',
    subjectId: 'de300000-0000-4000-8000-000000000004',
  },
} as const;

const E1 = {
  kind: 'ENTERPRISE',
  code: '91370811MA3TE0T0XE',
  name: '济宁市任城区（高新）示例商贸有限公司',
} as const;

/** The starter catalog, two sample cases, a format text. Doing it again changes nothing. */
export async function seed({ hub, clock }: { hub: Hub; clock: Clock }): Promise<void> {
  for (const agency of Object.values(AGENCIES)) await hub.agencies.register(agency, 'deployment');
  await hub.catalog.publish(STARTER_MATTERS);
  await openSample(hub, clock, {
    ids: [SAMPLE.transport.caseId, SAMPLE.transport.subjectId],
    matterName: TRANSPORT,
    caseNumber: 'DEMO-0001',
    legalBasis: '国内水路运输管理条例第八条',
  });
  await openSample(hub, clock, {
    ids: [SAMPLE.dispatch.caseId, SAMPLE.dispatch.subjectId],
    matterName: '劳务派遣经营许可延续',
    caseNumber: 'DEMO-0002',
    legalBasis: '劳务派遣行政许可实施办法第七条',
  });
  await publishSample(hub, clock);
}

/** A text under the first sample matter, unless somebody has published one. */
async function publishSample(hub: Hub, clock: Clock): Promise<void> {
  const texts = createTexts({
    ...{ db: hub.db, clock, calendar: hub.calendar, findMatter: hub.catalog.findInForce },
    refusals: createRefusals({ db: hub.db, clock }),
  });
  const { code } = matterNamed(TRANSPORT);
  if ((await texts.findPublished(code, businessDate(clock.now()))) !== null) return;
  const wanted = { matterCode: code, elements: SAMPLE_TEXT, allowsProxy: false };
  const drafted = await texts.draft(CALLER, wanted);
  const published = drafted.ok
    ? await texts.publish(CALLER, { id: drafted.value.id, channels: ['PLATFORM'] })
    : drafted;
  if (!published.ok)
    throw new Error(`The sample text was refused: ${published.errors[0]?.message}`);
}

const TRANSPORT = '省际普通货物水路运输经营许可';

const CALLER: Caller = {
  account: DEMO_ACCOUNTS.COUNTER.account,
  agencyCode: AGENCIES.approval.code,
  roles: ['COUNTER'],
  scopes: [],
  requestId: 'demo-seed',
};

function matterNamed(wanted: string): Matter {
  const matter = STARTER_MATTERS.find(({ name }) => name === wanted);
  if (matter === undefined) throw new Error(`The starter catalog has no ${wanted}.`);
  return matter;
}

async function openSample(
  hub: Hub,
  clock: Clock,
  sample: {
    ids: readonly [string, string];
    matterName: string;
    caseNumber: string;
    legalBasis: string;
  },
): Promise<void> {
  const matter = matterNamed(sample.matterName);
  const ids = [...sample.ids];
  const casework = createCasework({
    db: hub.db,
    clock,
    catalog: hub.catalog,
    refusals: createRefusals({ db: hub.db, clock }),
    newId: () => ids.shift() ?? '',
  });
  const [existing] = await casework.listCases(CALLER.agencyCode, [sample.ids[0]]);
  if (existing !== null) return;
  const opened = await casework.openCase(CALLER, {
    matterCode: matter.code,
    caseNumber: sample.caseNumber,
    legalBasis: sample.legalBasis,
    acceptedOn: null,
    subjects: [E1],
  });
  if (!opened.ok) throw new Error(`The sample case was refused: ${opened.errors[0]?.message}`);
}
