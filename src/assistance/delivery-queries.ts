import type { Database } from '../store/database.ts';

/** A request that has not been acknowledged, claimed by whoever runs this for a minute. */
export interface DueDelivery {
  readonly requestId: string;
  readonly assistingAgency: string;
  readonly askingAgency: string;
  readonly source: string;
  readonly attempts: number;
}

/** Claims by moving `next_at` a minute on, so that a claimant who dies is overtaken. */
export async function claimDeliveries(
  db: Database,
  wanted: { requestId: string | null; rows: number },
): Promise<readonly DueDelivery[]> {
  const { rows } = await db.raw<{
    rows: {
      request_id: string;
      assisting_agency: string;
      asking_agency: string;
      source: string;
      attempts: number;
    }[];
  }>(
    `
    update assistance_delivery as delivery
    set attempts = attempts + 1, next_at = now() + interval '1 minute'
    from assistance_request as request
    where request.id = request_id
      and request_id in (
        select request_id
        from assistance_delivery
        where next_at <= now()
          and (:requestId::uuid is null or request_id = :requestId::uuid)
        order by next_at
        limit :rows
        for update skip locked
      )
    returning request_id, assisting_agency, asking_agency, source, attempts
    `,
    wanted,
  );
  return rows.map((row) => ({
    requestId: row.request_id,
    assistingAgency: row.assisting_agency,
    askingAgency: row.asking_agency,
    source: row.source,
    attempts: row.attempts,
  }));
}

/** The first acknowledgement counts; a later one changes nothing. */
export async function recordDelivered(
  db: Database,
  done: { requestId: string; receiptNumber: string },
): Promise<void> {
  await db.raw(
    `
    update assistance_delivery
    set delivered_at = now(), receipt_number = :receiptNumber, next_at = null, last_fault = null
    where request_id = :requestId
      and delivered_at is null
    `,
    done,
  );
}

/** Keeps why it failed, and sets the next attempt by the clock of the database. */
export async function recordUndelivered(
  db: Database,
  failed: { requestId: string; fault: string; waitSeconds: number },
): Promise<void> {
  await db.raw(
    `
    update assistance_delivery
    set last_fault = :fault, next_at = now() + make_interval(secs => :waitSeconds)
    where request_id = :requestId
      and delivered_at is null
    `,
    failed,
  );
}
