import type { Connector } from '../connector.ts';
import type { FileDesk, OpenedFile } from '../file.ts';
import type { Holdings, ScanPage } from '../scan.ts';
import type { PushDesk } from '../push.ts';
import type { SocketWatch } from './sockets.ts';
import type { Transcript } from './transcript.ts';

interface Watch {
  readonly transcript: Transcript;
  readonly sockets: SocketWatch;
}

/** The same connector; whatever it gives or throws is seen on its way out. */
export function watchConnector(connector: Connector, watch: Watch): Connector {
  const { transcript, sockets } = watch;
  const see = async <T>(place: string, run: () => Promise<T>): Promise<T> => {
    try {
      const given = await sockets.run(run);
      transcript.note(place, given);
      return given;
    } catch (error) {
      transcript.noteError(place, error);
      throw error;
    }
  };
  const { reread, discover, files } = connector;
  return {
    canaries: connector.canaries,
    capabilities: watchCapabilities(connector, transcript, see),
    holdings: connector.holdings === null ? null : watchHoldings(connector.holdings, watch),
    ...(files === undefined ? {} : { files: watchFiles(files, see) }),
    push: connector.push === null ? null : watchPush(connector.push, see),
    reread:
      reread === null
        ? null
        : (capability, key, raw) => {
            const result = reread(capability, key, raw);
            if (!result.ok) transcript.noteError('reread', result.fault);
            return result;
          },
    check: (signal) => see('check', () => connector.check(signal)),
    discover: discover === null ? null : (signal) => see('discover', () => discover(signal)),
    close: () => see('close', () => connector.close()),
  };
}

type See = <T>(place: string, run: () => Promise<T>) => Promise<T>;

/** What is in a file is not for the transcript; how it is opened, and fails, is. */
function watchFiles(files: FileDesk, see: See): FileDesk {
  const open: FileDesk['open'] = async (identifier, call) => {
    let file: OpenedFile | null = null;
    await see('files', async () => {
      file = await files.open(identifier, call);
    });
    return file;
  };
  return { bytesMax: files.bytesMax, open };
}

function watchCapabilities(
  { capabilities }: Connector,
  transcript: Transcript,
  see: See,
): Connector['capabilities'] {
  const watched = Object.entries(capabilities).map(([name, capability]) => [
    name,
    {
      ...capability,
      async lookup(...asked: Parameters<typeof capability.lookup>) {
        const results = await see(name, async () =>
          capability.lookup(...(asked as [never, never])),
        );
        for (const result of results) if (!result.ok) transcript.noteError(name, result.fault);
        return results;
      },
    },
  ]);
  return Object.fromEntries(watched) as Connector['capabilities'];
}

function watchHoldings(holdings: Holdings, { transcript, sockets }: Watch): Holdings {
  return {
    ...holdings,
    async *scan(request, call) {
      const place = `scan of ${request.collection}`;
      const pages = sockets.run(() => holdings.scan(request, call)[Symbol.asyncIterator]());
      try {
        for (;;) {
          const step: IteratorResult<ScanPage, undefined> = await sockets.run(() => pages.next());
          if (step.done === true) return;
          transcript.note(place, step.value);
          yield step.value;
        }
      } catch (error) {
        transcript.noteError(place, error);
        throw error;
      } finally {
        // Whoever stops reading early lets the connector end its pass as well.
        await pages.return?.(undefined);
      }
    },
  };
}

function watchPush(push: NonNullable<Connector['push']>, see: See): NonNullable<Connector['push']> {
  const watched = Object.entries(push).map(([name, desk]: [string, PushDesk<never>]) => [
    name,
    {
      takes: desk.takes,
      batchMax: desk.batchMax,
      push: (...told) => see(name, () => desk.push(...told)),
      acknowledgements: (...told) => see(name, () => desk.acknowledgements(...told)),
    } satisfies PushDesk<never>,
  ]);
  return Object.fromEntries(watched) as NonNullable<Connector['push']>;
}
