import type { OpenedFile } from '../connector-kit/file.ts';
import type { Purpose } from '../model/purpose.ts';
import { callDesk, requireDesk } from './desk-call.ts';
import type { Roster } from './roster.ts';
import { asSourceFault } from './transport.ts';

/** A file that takes longer than this to come over is given up. */
const FILE_MS_MAX = 60_000;

/** Files of licenses, fetched in the guard and budget of their source. Nothing is kept. */
export interface Downloads {
  /** False when there is no such source or it gives no files away. Calls nothing. */
  isOffered(source: string): boolean;
  /**
   * A file by a fresh address. Null where the source has none to give. What comes before its first
   * byte may be tried again within the policy, each time by another address; what comes later is
   * not.
   *
   * @throws {HubError} SOURCE_…, which says nothing of the holder.
   */
  open(asked: {
    readonly source: string;
    readonly identifier: string;
    readonly purpose: Purpose;
  }): Promise<OpenedFile | null>;
}

/** Downloads from the sources of a roster. */
export function createDownloads(roster: Roster): Downloads {
  const open: Downloads['open'] = async ({ source, identifier, purpose }) => {
    const served = roster.get(source);
    const desk = requireDesk(source, served.of.connector.files);
    const file = await callDesk(served, {
      ...{ idempotent: true, urgency: 'INTERACTIVE' },
      async attempt(signal) {
        const opened = await desk.open(identifier, { signal, purpose });
        // Whoever waited for it has gone: nobody would read it, and nobody would close it.
        if (signal.aborted) opened?.close();
        return opened;
      },
    });
    return file === null ? null : inUse(file, served.use);
  };

  return {
    isOffered: (source) => roster.find(source)?.of.connector.files !== undefined,
    open,
  };
}

/** The connector stays open for as long as the file comes over. */
function inUse(
  file: OpenedFile,
  use: (work: Promise<void>, limitMs: number) => Promise<void>,
): OpenedFile {
  let finish: () => void = () => undefined;
  const whole = new Promise<void>((resolve) => (finish = resolve));
  void use(whole, FILE_MS_MAX);
  const timer = setTimeout(() => file.close(), FILE_MS_MAX);
  const end = (): void => {
    clearTimeout(timer);
    file.close();
    finish();
  };
  async function* bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* file.bytes;
    } catch (error) {
      throw asSourceFault(error);
    } finally {
      end();
    }
  }
  return { mediaType: file.mediaType, bytes: bytes(), close: end };
}
