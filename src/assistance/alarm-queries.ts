import type { AlarmKind, AssistanceAlarm } from '../model/assistance-clock.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Database } from '../store/database.ts';

/** Each kind once for each turn of a request. */
export async function insertAlarms(
  db: Database,
  alarms: readonly AssistanceAlarm[],
): Promise<void> {
  await db('assistance_alarm')
    .insert(
      alarms.map((one) => ({
        ...{ request_id: one.requestId, kind: one.kind, turn: one.turn },
        ...{ to_agency: one.toAgency, due_on: one.dueOn, raised_at: one.raisedAt },
      })),
    )
    .onConflict(['request_id', 'kind', 'turn'])
    .ignore();
}

/** Oldest first within a request. */
export async function listAlarms(
  db: Database,
  requestIds: readonly string[],
): Promise<readonly AssistanceAlarm[]> {
  const rows = await db<{
    request_id: string;
    kind: AlarmKind;
    turn: number;
    to_agency: string | null;
    due_on: BusinessDate;
    raised_at: Date;
  }>('assistance_alarm')
    .whereIn('request_id', [...requestIds])
    .orderBy(['raised_at', 'turn', 'due_on', 'kind']);
  return rows.map((row) => ({
    ...{ requestId: row.request_id, kind: row.kind, turn: row.turn },
    ...{ toAgency: row.to_agency, dueOn: row.due_on, raisedAt: row.raised_at },
  }));
}
