import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { CallLog } from './calls.ts';
import { parseJson } from './exchange.ts';
import type { FaultBox } from './fault-box.ts';
import { FAULTS, FAULT_KINDS, parseFaultOrder } from './faults.ts';
import type { FaultOrder } from './faults.ts';
import type { ControlReply, ControlRoute, SourceLogic } from './wire.ts';

/** The port by which a test or an operator makes the source fail and sees who asked it what. */
export interface ControlPort {
  readonly url: string;
  stop(): Promise<void>;
}

export interface ControlDeps {
  readonly logic: SourceLogic;
  readonly faults: FaultBox;
  readonly calls: CallLog;
  /** Sets a fault, or with null removes it, and resolves once it is in force. */
  readonly applyFault: (order: FaultOrder | null) => Promise<void>;
  readonly describe: () => unknown;
}

/** Opens the control port on 127.0.0.1; 0 takes any free one. */
export async function openControlPort(port: number, deps: ControlDeps): Promise<ControlPort> {
  const routes = [...createRoutes(deps), ...deps.logic.controls];
  const server = createServer((request, response) => {
    void answer(routes, request)
      .catch((error: unknown) => reply(500, { error: String(error) }))
      .then(({ status, json }) => {
        response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
        response.end(`${JSON.stringify(json)}\n`);
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  const { port: opened } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${opened}`, stop: () => closeServer(server) };
}

async function answer(
  routes: readonly ControlRoute[],
  request: IncomingMessage,
): Promise<ControlReply> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = parseJson(Buffer.concat(parts));
  for (const route of routes) {
    const match = route.path.exec(path);
    if (match !== null && route.method === request.method) return route.run(match, body);
  }
  return reply(404, { error: 'no such route', routes: routes.map((route) => route.summary) });
}

function createRoutes(deps: ControlDeps): readonly ControlRoute[] {
  const root: ControlRoute = {
    method: 'GET',
    path: /^\/$/,
    summary: 'GET /: what this source is and what can be done to it',
    run: () =>
      reply(200, {
        source: deps.logic.id,
        ...(deps.describe() as object),
        operations: deps.logic.operations,
        collections: deps.logic.records.collections,
        faultKinds: FAULT_KINDS,
        faultVariants: FAULTS.filter((each) => each.sources.includes(deps.logic.id)),
        routes: [root, ...rest].map((route) => route.summary),
      }),
  };
  const rest = [...callRoutes(deps), ...faultRoutes(deps), ...recordRoutes(deps)];
  return [root, ...rest];
}

function callRoutes(deps: ControlDeps): readonly ControlRoute[] {
  return [
    {
      method: 'GET',
      path: /^\/calls$/,
      summary: 'GET /calls: calls received, oldest first',
      run: () => reply(200, deps.calls.list()),
    },
    {
      method: 'DELETE',
      path: /^\/calls$/,
      summary: 'DELETE /calls: forget them',
      run() {
        deps.calls.clear();
        return reply(200, { total: 0 });
      },
    },
  ];
}

function faultRoutes(deps: ControlDeps): readonly ControlRoute[] {
  const current = (): ControlReply => {
    const order = deps.faults.find();
    return reply(200, order === null ? { kind: null } : { ...order.fault, times: order.times });
  };
  return [
    {
      method: 'GET',
      path: /^\/fault$/,
      summary: 'GET /fault: the fault in force, kind null when there is none',
      run: current,
    },
    {
      method: 'PUT',
      path: /^\/fault$/,
      summary: 'PUT /fault {kind, times?, operation?, …}: fail from now on',
      async run(_match, body) {
        const parsed = parseFaultOrder(body, deps.logic);
        if (!parsed.ok) return reply(400, { error: 'wrong field', ...parsed.problem });
        await deps.applyFault(parsed.order);
        return current();
      },
    },
    {
      method: 'DELETE',
      path: /^\/fault$/,
      summary: 'DELETE /fault: be well again',
      async run() {
        await deps.applyFault(null);
        return current();
      },
    },
  ];
}

function recordRoutes(deps: ControlDeps): readonly ControlRoute[] {
  const { records } = deps.logic;
  const path = /^\/records\/([^/]+)\/(.+)$/;
  const read = (match: RegExpExecArray): readonly [string, string] => [
    decodeURIComponent(match[1] ?? ''),
    decodeURIComponent(match[2] ?? ''),
  ];
  const unknown = (collection: string): ControlReply | null =>
    records.collections.includes(collection)
      ? null
      : reply(400, { error: 'wrong field', field: 'collection', allowed: records.collections });
  return [
    {
      method: 'GET',
      path,
      summary: 'GET /records/<collection>/<id>: one record, 404 when there is none',
      run(match) {
        const [collection, id] = read(match);
        const record = records.find(collection, id);
        const status = record === null ? 404 : 200;
        return unknown(collection) ?? reply(status, record ?? { error: 'no such record' });
      },
    },
    {
      method: 'PUT',
      path,
      summary: 'PUT /records/<collection>/<id>: put a record',
      run(match, body) {
        const [collection, id] = read(match);
        const problem = records.put(collection, id, body);
        return problem === null
          ? reply(200, body)
          : reply(400, { error: 'wrong field', ...problem });
      },
    },
    {
      method: 'DELETE',
      path,
      summary: 'DELETE /records/<collection>/<id>: remove a record',
      run(match) {
        const [collection, id] = read(match);
        const removed = (): boolean => records.remove(collection, id);
        return unknown(collection) ?? reply(200, { removed: removed() });
      },
    },
  ];
}

function reply(status: number, json: unknown): ControlReply {
  return { status, json };
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeAllConnections();
  await closed;
}
