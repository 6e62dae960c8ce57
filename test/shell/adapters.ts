import type { IncomingMessage, ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { type Http, createHttp } from '../../src/http/http.ts';
import type { Download, Outgoing, Provider, RunningCall } from '../../src/providers/provider.ts';
import { createSendbird } from '../../src/providers/sendbird/adapter.ts';
import { createStream } from '../../src/providers/stream/adapter.ts';
import type { Operation } from '../../src/requests/request.ts';
import { createRateLimiter } from '../../src/worker/rate-limiter.ts';
import { type TestServer, serve } from '../http/server.ts';
import { type TestClock, testClock } from '../http/test-clock.ts';
import { never, source } from '../providers/stage.ts';

/** Both adapters, pointed at a server of the test's choice. */
export interface Adapters {
  server: TestServer;
  http: Http;
  clock: TestClock;
  stream: Provider;
  sendbird: Provider;
}

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

export async function adapters(answer: Answer): Promise<Adapters> {
  const server = await serve(answer);
  const clock = testClock();
  const http = createHttp({ clock, random: () => 0.5, scale: 1 });
  onTestFinished(async () => {
    await http.close();
    await server.close();
  });
  const deps = {
    http,
    rateLimiter: createRateLimiter(clock, 0.8),
    clock,
    agent: 'gdpr-test',
    start: 1_000,
  };
  const { origin } = server;
  const account = { apiKey: 'key', apiSecret: source('secret-of-the-app'), origin };
  const application = { applicationId: 'APP', apiToken: source('token-of-the-app'), origin };
  return {
    server,
    http,
    clock,
    stream: createStream(account, deps),
    sendbird: createSendbird(application, deps),
  };
}

/** The same text as every answer. */
export function always(
  text: string | Uint8Array,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Promise<Adapters> {
  return adapters((_, response) => response.writeHead(status, headers).end(text));
}

const OPTIONS: Partial<Record<Operation, Record<string, unknown>>> = {
  delete_feeds: { hard_delete: true },
  delete_users: { user: 'soft' },
  delete: { channel_delete_option: 'all' },
};

/** A call of this operation for these. */
export function outgoing(operation: Operation, subjectIds: readonly string[] = ['ada']): Outgoing {
  return { operation, subjectIds, options: OPTIONS[operation] ?? {} };
}

/** The same as it runs, as task `T`. */
export function running(operation: Operation, taskId = 'T'): RunningCall {
  return { id: `call-${taskId}`, taskId, ...outgoing(operation) };
}

/** Everything that can be asked of both, by name. */
export function questions({ stream, sendbird }: Pick<Adapters, 'stream' | 'sendbird'>) {
  const exports = ['export_feeds', 'export_users'] as const;
  const changes = ['delete_feeds', 'delete_users', 'restore_users'] as const;
  const asked: [string, () => Promise<unknown>][] = [
    ...[...exports, ...changes].map((operation): [string, () => Promise<unknown>] => [
      `submit ${operation}`,
      () => stream.submit(outgoing(operation), never),
    ]),
    ...(['access', 'delete'] as const).map((operation): [string, () => Promise<unknown>] => [
      `submit ${operation}`,
      () => sendbird.submit(outgoing(operation), never),
    ]),
    ['check export_users', () => stream.check([running('export_users')], never)],
    ['check delete_users', () => stream.check([running('delete_users')], never)],
    ['check access', () => sendbird.check([running('access')], never)],
    ['check many', () => sendbird.check([running('access'), running('access', 'U')], never)],
    ['collect export_users', () => stream.collect(running('export_users'), never)],
    ['collect access', () => sendbird.collect(running('access'), never)],
    ['lookup stream', () => stream.lookup(['ada', 'bob'], never)],
    ['lookup sendbird', () => sendbird.lookup(['ada', 'bob'], never)],
    ['lookup one', () => sendbird.lookup(['ada'], never)],
    ['look feeds', () => stream.look(outgoing('delete_feeds'), never)],
    ['look delete', () => sendbird.look(outgoing('delete'), never)],
    ['withdraw', () => sendbird.withdraw(running('access'), never)],
    ['search', () => sendbird.search(outgoing('access'), 0, never)],
    ['limits', () => stream.limits(['export_users', 'export_feeds'], never)],
  ];
  return asked;
}

/** The download that waits for a task; throws for anything else. */
export async function downloadOf(provider: Provider, operation: Operation): Promise<Download> {
  const collection = await provider.collect(running(operation), never);
  if (collection.kind !== 'file') throw new Error(`no file: ${collection.kind}`);
  return collection.download;
}
