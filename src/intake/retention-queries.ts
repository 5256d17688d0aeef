import type { Database } from '../store/database.ts';
import type { CollectionName } from './collection-queries.ts';

/** Deletes rejects of all but the newest so many passes of each collection that have any. */
export async function deleteOldRejects(
  db: Database,
  { passesMax, rowsMax }: { readonly passesMax: number; readonly rowsMax: number },
): Promise<number> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `
    delete from intake_reject
    where ctid = any(array(
      select reject.ctid
      from intake_reject as reject
      join (
        select number, rank() over (partition by collection_id order by number desc) as place
        from intake_pass
        where rejected + quarantined > 0
      ) as ranked on ranked.number = reject.pass
      where ranked.place > :passesMax
      limit :rowsMax
    ))
    `,
    { passesMax, rowsMax },
  );
  return rowCount;
}

/** Deletes all but the newest so many passes of each collection that nothing refers to. */
export async function deleteOldPasses(
  db: Database,
  { passesMax, rowsMax }: { readonly passesMax: number; readonly rowsMax: number },
): Promise<number> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `
    delete from intake_pass
    where number in (
      select ranked.number
      from (
        select number, collection_id, state,
               rank() over (partition by collection_id order by number desc) as place
        from intake_pass
      ) as ranked
      join intake_collection as part on part.id = ranked.collection_id
      where ranked.place > :passesMax
        and ranked.state <> 'RUNNING'
        and ranked.number not in (
          coalesce(part.open_pass, 0), coalesce(part.last_pass, 0), coalesce(part.complete_pass, 0))
        and not exists (select from intake_reject where intake_reject.pass = ranked.number)
      limit :rowsMax
    )
    `,
    { passesMax, rowsMax },
  );
  return rowCount;
}

/** All collections of all sources and editions, in the order in which they were first read. */
export async function listNames(db: Database): Promise<readonly CollectionName[]> {
  return db('intake_collection')
    .select<CollectionName[]>('source', 'edition', 'collection')
    .orderBy('id');
}
