import type pg from 'pg';

/** What the driver tells a query of the messages that answer it. */
interface Answered {
  readonly text: string;
  /** The driver puts its own in its place, which ends the timer of the query. */
  callback: (error: Error | null) => void;
  submit(connection: { query(text: string): void }): null;
  handleCopyData(message: { readonly chunk: Buffer }): void;
  handleCommandComplete(): void;
  handleReadyForQuery(): void;
  handleError(error: Error): void;
}

/**
 * Runs `copy (…) to stdout` and gives what arrives to `take`, piece by piece, as it arrives. A
 * piece is only valid during the call: the driver writes the next into the same memory.
 *
 * @throws {Error} of PostgreSQL, or what `take` threw; then the rest is read and dropped.
 */
export function copyOut(
  client: pg.Client,
  text: string,
  take: (chunk: Buffer) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: Error | null = null;
    const query: Answered = {
      text,
      callback(error) {
        if (error === null) resolve();
        else reject(error);
      },
      submit(connection) {
        connection.query(text);
        return null;
      },
      handleCopyData({ chunk }) {
        if (failure !== null) return;
        try {
          take(chunk);
        } catch (error) {
          failure = error instanceof Error ? error : new Error('What was copied was not taken.');
        }
      },
      handleCommandComplete() {
        // The server is ready only after this; until then nothing is settled.
      },
      handleReadyForQuery() {
        query.callback(failure);
      },
      handleError(error) {
        query.callback(error);
      },
    };
    client.query(query as unknown as pg.Submittable);
  });
}
