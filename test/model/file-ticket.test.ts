import { expect, test } from '@jest/globals';

import {
  FILE_TICKET_LIFE,
  TICKET_CLAIM_MS,
  TICKET_TRIES_MAX,
  whyNotClaim,
  type FileTicket,
} from '../../src/model/file-ticket.ts';

/** Every legal step, written down once more: what is not here must be refused. */
const LEGAL: Readonly<Record<string, string>> = {
  ISSUED: 'CLAIM>FETCHING',
  FETCHING: 'DELIVER>DELIVERED RELEASE>ISSUED',
  DELIVERED: '',
};

const { states, steps } = FILE_TICKET_LIFE;
const PAIRS = states.flatMap((state) => steps.map((step) => [state, step] as const));
const NOW = new Date('2026-09-16T04:00:00Z');
const at = (ms: number) => new Date(NOW.getTime() + ms);

const TICKET: FileTicket = {
  ...{ id: 't', agencyCode: 'a', account: 'o', caseId: 'c', subjectId: 's', source: 'l' },
  ...{ licenseIdentifier: 'i', state: 'ISSUED', issuedAt: at(-60_000), expiresAt: at(60_000) },
  ...{ tries: 0, claimedAt: null },
};

test.each(PAIRS)(
  'a ticket that is %s goes where the table says by %s, or nowhere',
  (state, step) => {
    const lines = (LEGAL[state] ?? 'unwritten').split(' ').filter((line) => line !== '');
    const legal = new Map(lines.map((line) => line.split('>') as [string, string]));

    expect(FILE_TICKET_LIFE.after(state, step)).toBe(legal.get(step) ?? null);
    expect(FILE_TICKET_LIFE.stepsFrom(state).toSorted()).toEqual([...legal.keys()].toSorted());
  },
);

test.each<[string, Partial<FileTicket>, ReturnType<typeof whyNotClaim>]>([
  ['fresh', {}, null],
  ['in its last millisecond', { expiresAt: at(1) }, null],
  ['at the end of its term', { expiresAt: NOW }, 'OVER'],
  ['tried once less than allowed', { tries: TICKET_TRIES_MAX - 1 }, null],
  ['tried as often as allowed', { tries: TICKET_TRIES_MAX }, 'OVER'],
  ['used up', { state: 'DELIVERED', claimedAt: at(-1_000_000) }, 'OVER'],
  ['being served', { state: 'FETCHING', claimedAt: at(1 - TICKET_CLAIM_MS) }, 'FETCHING'],
  ['left by a process that ended', { state: 'FETCHING', claimedAt: at(-TICKET_CLAIM_MS) }, null],
])('a ticket %s can be claimed, or tells why not', (_what, change, why) => {
  expect(whyNotClaim({ ...TICKET, ...change }, NOW)).toBe(why);
});
