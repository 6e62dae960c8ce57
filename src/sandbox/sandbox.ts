import { type Server, createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { type Control, createControl } from './control.ts';
import { createFaultBook } from './faults/book.ts';
import { createLinks } from './files/store.ts';
import { createGates } from './gates.ts';
import type { SandboxOptions } from './options.ts';
import { createPopulation } from './population/people.ts';
import { token } from './random.ts';
import { createSendbird } from './sendbird/vendor.ts';
import { createRequestLog } from './server/request-log.ts';
import { createRoutes } from './server/routes.ts';
import { createStream } from './stream/vendor.ts';
import type { World } from './vendor.ts';

export { faultTable, parseFault, type FaultSpec } from './faults/table.ts';
export type { CallLogEntry, SandboxOptions } from './options.ts';
export { GRACE_AT_SENDBIRD } from './population/people.ts';

export interface Sandbox {
  /** `http://127.0.0.1:<port>`: the base URL of both providers. */
  origin: string;
  control: Control;
  /** Stops; calls that are under way are cut. */
  close(): Promise<void>;
}

/**
 * Starts a small working vendor on loopback: Stream under `/api/v2`, Sendbird under `/v3`,
 * signed links under `/files`, the control surface under `/sandbox`.
 * @throws the error of `listen`, such as EADDRINUSE.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const startedAt = options.clock.now();
  let origin = '';
  const world: World = {
    options,
    startedAt,
    faults: createFaultBook(options.seed, options.faults),
    population: createPopulation(options.seed, options.users),
    links: createLinks(token(32, options.seed, 'links', startedAt), () => origin),
  };
  const context = {
    ...world,
    gates: createGates(),
    shelf: { revisions: new Map(), sizes: new Map() },
    log: createRequestLog((entry) => options.log(entry)),
    vendors: { stream: createStream(world), sendbird: createSendbird(world) },
  };
  const control = createControl(context);
  const app = createRoutes(context, control);
  const listener = getRequestListener((request, env) => app.fetch(request, env));
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing));
  await listen(server, options.port);
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : options.port}`;
  return { origin, control, close: () => close(server) };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
