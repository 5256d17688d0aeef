import type { Agencies } from '../agencies/agencies.ts';
import type { Refusals } from '../audit/refusals.ts';
import { createBreaches } from '../breach/breach.ts';
import type { Calendar } from '../calendar/calendar.ts';
import type { Casework } from '../casework/casework.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { createCommitments, type PublishedText } from '../commitments/commitments.ts';
import { createCredit, type Credit } from '../credit/credit.ts';
import { createEligibility } from '../eligibility/eligibility.ts';
import type { Log } from '../log.ts';
import type { Clock } from '../model/clock.ts';
import type { FormatText } from '../model/format-text.ts';
import { createObjections } from '../objections/objections.ts';
import { createRepairs } from '../repairs/repairs.ts';
import type { Sources } from '../sources/sources.ts';
import type { Database } from '../store/database.ts';
import { withStoreFaults } from '../store/faults.ts';
import { createSubjectFiles } from '../subject-file/subject-file.ts';
import type { Subjects } from '../subject/subject.ts';
import { createTexts } from '../texts/texts.ts';
import type { Verifications } from '../verification/verification.ts';

/** What the rooms of a commitment are composed of. */
export interface CommitmentRoomsDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly agencies: Agencies;
  readonly calendar: Calendar;
  readonly refusals: Refusals;
  readonly catalog: Catalog;
  readonly casework: Casework;
  readonly subjects: Subjects;
  readonly verifications: Verifications;
  readonly sources: Pick<Sources, 'states' | 'handovers'>;
  readonly log: Pick<Log, 'warn'>;
}

/** The rooms in which a commitment lives: who may make it, in which words, what becomes of it. */
export function createCommitmentRooms(deps: CommitmentRoomsDependencies) {
  const { agencies, catalog, subjects, verifications } = deps;
  const { findInCase } = deps.casework;
  const subjectFiles = createSubjectFiles(deps);
  const eligibility = createEligibility({
    ...{ ...deps, findInCase },
    facts: {
      ...subjects,
      listAdverse: subjectFiles.listAdverse,
      listDecided: (codes) => commitments.listDecided(codes),
      listDisputed: (subjectCode) => objections.listDisputed(subjectCode),
    },
  });
  const texts = createTexts({ ...deps, findMatter: catalog.findInForce });
  const commitments = createCommitments({
    ...{ ...deps, findInCase },
    findEligibilityCheck: eligibility.find,
    findAgency: agencies.find,
    findText: async ({ code }, on) => publishedTextOf(await texts.findPublished(code, on)),
    findVerdict: async (agencyCode, id) => {
      const judged = await judgedBy(verifications, agencyCode, id);
      return judged === null ? null : { ...judged, verdict: judged.verdict.code };
    },
    enter: subjectFiles.enter,
    onChanged: (trx, commitment) => credit.enqueue(trx, commitment),
  });
  const breaches = createBreaches({
    ...{ ...deps, findInCase },
    findCommitment: commitments.find,
    stepCommitment: commitments.stepWithin,
    findJudged: (agencyCode, id) => judgedBy(verifications, agencyCode, id),
    findAgency: agencies.find,
    enter: subjectFiles.enter,
    findEntry: subjectFiles.findEntry,
  });
  const { handovers } = deps.sources;
  const credit: Credit = createCredit({
    ...{ ...deps, findInCase, handovers },
    recipients: ({ isPublic }) =>
      deps.sources
        .states()
        .map(({ id }) => id)
        .filter((id) => {
          const takes = handovers.takesOf(id, 'credit.commitment');
          return takes === 'ALL' || (takes === 'PUBLIC' && isPublic);
        }),
    findAgency: agencies.find,
    findText: texts.find,
    findShortfall: breaches.findStanding,
  });
  const records = {
    ...{ findInCase, findCommitment: commitments.find, stepCommitment: commitments.stepWithin },
    ...{ findBreach: breaches.find, enter: subjectFiles.enter, findEntry: subjectFiles.findEntry },
  };
  const objections = createObjections({
    ...{ ...deps, ...records, annulBreach: breaches.annulWithin },
    findCheck: eligibility.find,
  });
  const repairs = createRepairs({
    ...{ ...deps, ...records, listBreachEvents: breaches.listEvents },
    isToldOfAll: credit.isToldOfAll,
  });
  const rooms = { subjectFiles, eligibility, texts, commitments, breaches, credit };
  return { ...rooms, objections, repairs };
}

/** The same as callers see them. */
export function commitmentServicesOf(rooms: ReturnType<typeof createCommitmentRooms>) {
  return {
    subjectFiles: withStoreFaults(rooms.subjectFiles),
    eligibility: withStoreFaults(rooms.eligibility),
    texts: withStoreFaults(rooms.texts),
    commitments: withStoreFaults(rooms.commitments),
    breaches: withStoreFaults(rooms.breaches),
    credit: withStoreFaults(rooms.credit),
    objections: withStoreFaults(rooms.objections),
    repairs: withStoreFaults(rooms.repairs),
  };
}

function publishedTextOf(text: FormatText | null): PublishedText | null {
  if (text === null) return null;
  const { id, version, digest, allowsProxy } = text;
  return { templateId: id, templateVersion: version, digest, allowsProxy };
}

async function judgedBy(
  { listByIds, listVerdicts }: Pick<Verifications, 'listByIds' | 'listVerdicts'>,
  agencyCode: string,
  id: string,
) {
  const [verification = null] = await listByIds(agencyCode, [id]);
  if (verification === null) return null;
  const [verdicts = []] = await listVerdicts([id]);
  const last = verdicts.at(-1);
  return last === undefined ? null : { verification, verdict: last };
}
