import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import pg from 'pg';

import { openFloorSources } from './floor-sources.ts';
import { instant, type FloorReady, type FloorTold } from './wiring.ts';

/**
 * The floor: what a good engineer would write for this one question and no other. Same upstream
 * calls, same answer as plain JSON. No GraphQL, no authentication, no limits, no deadlines, no
 * retries, no partial answers; a journal only in the audited variant.
 */
const told = JSON.parse(process.env['BENCH_FLOOR'] ?? '') as FloorTold;
const sources = openFloorSources(told);
const pool = new pg.Pool({ connectionString: told.databaseUrl, max: 10 });

const SUBJECTS = `
  select s.code, s.name,
         coalesce(
           json_agg(json_build_object('requestNumber', r.request_number, 'submittedAt', r.submitted_at)
                    order by r.submitted_at desc) filter (where r.id is not null),
           '[]') as requests
  from case_subject s
  left join assistance_request r on r.subject_id = s.id
  where s.case_id = $1
  group by s.id
  order by s.position
`;
const INTENTS = `insert into bench_intent select * from json_populate_recordset(null::bench_intent, $1)`;
const OUTCOMES = `insert into bench_outcome select * from json_populate_recordset(null::bench_outcome, $1)`;
const STATES: Readonly<Record<string, string>> = {
  '1': 'ACTIVE',
  '2': 'LICENSE_WITHDRAWN',
  '3': 'DEREGISTERED',
  '4': 'DEREGISTERED',
  '5': 'ANNULLED',
  '6': 'MOVED_OUT',
};

interface SubjectRow {
  readonly code: string;
  readonly name: string;
  readonly requests: readonly object[];
}

async function answer(caseId: string): Promise<object> {
  const { rows } = await pool.query<SubjectRow>(SUBJECTS, [caseId]);
  const codes = rows.map(({ code }) => code);
  const intents = told.isAudited ? await recordIntents(caseId, codes) : [];
  const [licenses, registrations, profiles] = await Promise.all([
    Promise.all(codes.map((code) => sources.askLicense(code))),
    sources.askRegistrations(codes),
    sources.askProfiles(codes),
  ]);
  const observedAt = instant().toISOString();
  const subjects = rows.map(({ code, name, requests }, index) => ({
    code,
    name,
    licenses: withSource('license-library', licenseOf(licenses[index] ?? null), observedAt),
    registration: withSource(
      'publicity-system',
      registrationOf(registrations.get(code)),
      observedAt,
    ),
    creditProfile: withSource('credit-platform', profileOf(profiles.get(code)), observedAt),
    assistanceRequests: requests,
  }));
  if (told.isAudited) await recordOutcomes(intents, subjects, observedAt);
  return { subjects };
}

function withSource(source: string, record: object | null, observedAt: string) {
  const recordOutcome = record === null ? 'ABSENT' : 'FOUND_ONE';
  return { record, provenance: { source, observedAt, recordOutcome } };
}

function licenseOf(face: Readonly<Record<string, unknown>> | null) {
  if (face === null) return null;
  const end = textOf(face['certificateValidateEnd']);
  const longTerm = end === '' || end === '长期' || end.startsWith('9999');
  const isOver = !longTerm && end < instant().toISOString().slice(0, 10);
  return {
    number: face['certNo'],
    holderName: face['holder'],
    status: isOver ? 'EXPIRED' : 'VALID',
    validUntil: longTerm ? null : end,
    longTerm,
  };
}

function registrationOf(row: Readonly<Record<string, unknown>> | undefined) {
  if (row === undefined) return null;
  return {
    name: textOf(row['entname']).replaceAll(/<[^>]*>/g, ''),
    status: STATES[textOf(row['regstate'])] ?? 'UNKNOWN',
    legalRepresentative: row['name'],
    address: row['dom'],
  };
}

function profileOf(profile: Readonly<Record<string, unknown>> | undefined) {
  if (profile === undefined) return null;
  const lists = profile['lists'] as readonly Readonly<Record<string, unknown>>[];
  return {
    name: profile['subjectName'],
    grade: profile['grade'],
    listings: lists.map(({ listName, listedOn, removedOn }) => ({
      listAsHeld: listName,
      since: listedOn,
      removedOn,
    })),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

const ASKED = [
  ['license-library', 'license.byHolder'],
  ['publicity-system', 'enterprise.registration'],
  ['credit-platform', 'credit.profile'],
] as const;

/** One row for each subject and source, durable before anything is asked. */
async function recordIntents(caseId: string, codes: readonly string[]): Promise<readonly string[]> {
  const asked_at = instant().toISOString();
  const intents = codes.flatMap((code) =>
    ASKED.map(([source, capability]) => ({
      id: randomUUID(),
      asked_at,
      source,
      capability,
      key_digest: createHmac('sha256', 'bench').update(`${capability} ${code}`).digest('hex'),
      case_id: caseId,
      case_number: 'bench',
      agency_code: 'bench',
      matter_code: 'bench',
      legal_basis: 'bench',
      actor: 'bench',
      request_id: 'bench',
    })),
  );
  await pool.query(INTENTS, [JSON.stringify(intents)]);
  return intents.map(({ id }) => id);
}

/** One row for each intent with the record as read, durable before anything is answered. */
async function recordOutcomes(
  intents: readonly string[],
  subjects: readonly Readonly<
    Record<'licenses' | 'registration' | 'creditProfile', { readonly record: object | null }>
  >[],
  ended_at: string,
): Promise<void> {
  const records = subjects.flatMap((each) => [
    each.licenses.record,
    each.registration.record,
    each.creditProfile.record,
  ]);
  const outcomes = intents.map((intent_id, index) => ({
    intent_id,
    ended_at,
    transport: 'ANSWERED',
    records: [records[index]],
  }));
  await pool.query(OUTCOMES, [JSON.stringify(outcomes)]);
}

const server = createServer((request, response) => {
  const caseId = (request.url ?? '').slice('/cases/'.length);
  answer(caseId).then(
    (json) => {
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify(json));
    },
    (error: unknown) => {
      response.writeHead(502, { 'content-type': 'text/plain' });
      response.end(String(error));
    },
  );
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const ready: FloorReady = { url: `http://127.0.0.1:${port}` };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
});

// The bench holds the other end: when it is gone, so is this process.
process.stdin.resume().once('end', () => process.exit(0));
