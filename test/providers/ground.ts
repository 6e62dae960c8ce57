import { createHttp } from '../../src/http/http.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { createSendbird } from '../../src/providers/sendbird/adapter.ts';
import { createStream } from '../../src/providers/stream/adapter.ts';
import type { Operation } from '../../src/requests/request.ts';
import {
  type CallLogEntry,
  type Sandbox,
  parseFault,
  startSandbox,
} from '../../src/sandbox/sandbox.ts';
import { type TestClock, testClock } from '../http/test-clock.ts';
import { freePace } from './paces.ts';
import { START, source } from './stage.ts';

export const SECRET = 'sandbox-stream-secret-0123456789abcdef';
export const TOKEN = 'sandbox-sendbird-token';

/** A sandbox, both adapters pointed at it, and what it saw. */
export interface Ground {
  sandbox: Sandbox;
  clock: TestClock;
  log: CallLogEntry[];
  lines: string[];
  of(operation: Operation): Provider;
  close(): Promise<void>;
}

/** Starts a sandbox with these faults, whose tasks end at once. */
export function ground(...faults: string[]): Promise<Ground> {
  return slowGround(0, ...faults);
}

/** Starts a sandbox with these faults, whose tasks take `taskTime` ms of its clock. */
export async function slowGround(taskTime: number, ...faults: string[]): Promise<Ground> {
  const clock = testClock(START + 30_000);
  const log: CallLogEntry[] = [];
  const lines: string[] = [];
  const sandbox = await startSandbox({
    port: 0,
    seed: 1,
    users: 10,
    taskTime,
    latency: 0,
    rate: 1_000,
    faults: faults.map(parseFault),
    credentials: {
      stream: { apiKey: 'k3y', apiSecret: SECRET },
      sendbird: { applicationId: 'APP', apiToken: TOKEN },
    },
    clock,
    log: (entry) => log.push(entry),
  });
  const verbose = (line: string): number => lines.push(line);
  const http = createHttp({ clock, random: () => 0.5, scale: 1, verbose });
  const deps = { http, rateLimiter: freePace(), clock, agent: 'gdpr-test', start: 60 };
  const { origin } = sandbox;
  const stream = createStream({ apiKey: 'k3y', apiSecret: source(SECRET), origin }, deps);
  const sendbird = createSendbird({ applicationId: 'APP', apiToken: source(TOKEN), origin }, deps);
  return {
    sandbox,
    clock,
    log,
    lines,
    of: (operation) => (operation === 'access' || operation === 'delete' ? sendbird : stream),
    async close() {
      await http.close();
      await sandbox.close();
    },
  };
}
