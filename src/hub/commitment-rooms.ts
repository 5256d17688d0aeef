import type { Agencies } from '../agencies/agencies.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { Calendar } from '../calendar/calendar.ts';
import type { Casework } from '../casework/casework.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { createCommitments, type PublishedText } from '../commitments/commitments.ts';
import { createEligibility } from '../eligibility/eligibility.ts';
import type { Clock } from '../model/clock.ts';
import type { FormatText } from '../model/format-text.ts';
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
}

/** The rooms in which a commitment lives: who may make it, in which words, what becomes of it. */
export function createCommitmentRooms(deps: CommitmentRoomsDependencies) {
  const { agencies, catalog, subjects, verifications } = deps;
  const { findInCase } = deps.casework;
  const subjectFiles = createSubjectFiles(deps);
  const eligibility = createEligibility({
    ...{ ...deps, findInCase },
    facts: { ...subjects, listAdverse: subjectFiles.listAdverse },
  });
  const texts = createTexts({ ...deps, findMatter: catalog.findInForce });
  const commitments = createCommitments({
    ...{ ...deps, findInCase },
    findEligibilityCheck: eligibility.find,
    findAgency: agencies.find,
    findText: async ({ code }, on) => publishedTextOf(await texts.findPublished(code, on)),
    findVerdict: (agencyCode, id) => verdictOf(verifications, agencyCode, id),
    enter: subjectFiles.enter,
    onChanged: async () => {},
  });
  return { subjectFiles, eligibility, texts, commitments };
}

/** The same as callers see them. */
export function commitmentServicesOf(rooms: ReturnType<typeof createCommitmentRooms>) {
  return {
    subjectFiles: withStoreFaults(rooms.subjectFiles),
    eligibility: withStoreFaults(rooms.eligibility),
    texts: withStoreFaults(rooms.texts),
    commitments: withStoreFaults(rooms.commitments),
  };
}

function publishedTextOf(text: FormatText | null): PublishedText | null {
  if (text === null) return null;
  const { id, version, digest, allowsProxy } = text;
  return { templateId: id, templateVersion: version, digest, allowsProxy };
}

async function verdictOf(
  { listByIds, listVerdicts }: Pick<Verifications, 'listByIds' | 'listVerdicts'>,
  agencyCode: string,
  id: string,
) {
  const [verification = null] = await listByIds(agencyCode, [id]);
  if (verification === null) return null;
  const [verdicts = []] = await listVerdicts([id]);
  const last = verdicts.at(-1);
  return last === undefined ? null : { verification, verdict: last.code };
}
