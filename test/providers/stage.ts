import { readFile } from 'node:fs/promises';
import { GdprError } from '../../src/errors.ts';
import { type Http, createHttp } from '../../src/http/http.ts';
import type { ProviderDeps } from '../../src/providers/connection.ts';
import type { Provider, RateLimit } from '../../src/providers/provider.ts';
import { createSendbird } from '../../src/providers/sendbird/adapter.ts';
import { createStream } from '../../src/providers/stream/adapter.ts';
import { Secret, type SecretSource } from '../../src/secret.ts';
import { type TestServer, serve } from '../http/server.ts';
import { type TestClock, testClock } from '../http/test-clock.ts';
import { type Diary, freePace } from './paces.ts';

export const API_SECRET = 'secret-of-the-app';
const API_TOKEN = 'token-of-the-app';
/** 2026-11-22T12:00:00Z; the fixtures' instants follow it. */
export const START = 1_795_348_800_000;

/** An answer of a provider, as `fixtures/providers/<provider>/<name>.json` keeps it. */
interface Fixture {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  text?: string;
}

/** A provider's server that plays fixtures, and both adapters pointed at it. */
export interface Stage {
  server: TestServer;
  http: Http;
  clock: TestClock;
  stream: Provider;
  sendbird: Provider;
  /** Bodies of the requests that arrived. */
  readonly bodies: readonly string[];
  readonly lines: readonly string[];
  /** Lanes that were entered, in order, and what was learnt about them. */
  readonly limiters: readonly string[];
  readonly learnt: ReadonlyMap<string, RateLimit>;
  readonly refused: Diary['refused'];
  close(): Promise<void>;
}

/** Plays the fixtures one after the other; the last one stays. */
export async function stage(
  provider: 'stream' | 'sendbird',
  names: readonly string[],
  secrets: { stream?: SecretSource; sendbird?: SecretSource } = {},
): Promise<Stage> {
  const fixtures = await Promise.all(names.map((name) => read(provider, name)));
  const bodies: string[] = [];
  const server = await serve((request, response, count) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString());
      const fixture = fixtures[Math.min(count, fixtures.length) - 1];
      const text = fixture?.text ?? JSON.stringify(fixture?.body);
      response.writeHead(fixture?.status ?? 599, fixture?.headers ?? {}).end(text);
    });
  });
  const clock = testClock(START);
  const lines: string[] = [];
  const diary: Diary = { limiters: [], learnt: new Map(), refused: [] };
  const { limiters, learnt, refused } = diary;
  const verbose = (line: string): number => lines.push(line);
  const http = createHttp({ clock, random: () => 0.5, scale: 1, verbose });
  const deps: ProviderDeps = {
    http,
    rateLimiter: freePace(diary),
    clock,
    agent: 'gdpr-test',
    start: 60,
  };
  const { origin } = server;
  return {
    server,
    http,
    clock,
    bodies,
    lines,
    limiters,
    learnt,
    refused,
    stream: createStream(
      { apiKey: 'k3y', apiSecret: secrets.stream ?? source(API_SECRET), origin },
      deps,
    ),
    sendbird: createSendbird(
      { applicationId: 'APP', apiToken: secrets.sendbird ?? source(API_TOKEN), origin },
      deps,
    ),
    async close() {
      await http.close();
      await server.close();
    },
  };
}

async function read(provider: string, name: string): Promise<Fixture> {
  const url = new URL(`../../fixtures/providers/${provider}/${name}.json`, import.meta.url);
  return JSON.parse(await readFile(url, 'utf8'));
}

/** A secret that is at hand. */
export function source(value: string): SecretSource {
  return { read: async () => new Secret(value), renew: () => undefined };
}

/** A secret that cannot be resolved. */
export function noSource(): SecretSource {
  return {
    read: async () => {
      throw new GdprError('credentials', 'the variable APP_SECRET is not set', { next: 'Set it.' });
    },
    renew: () => undefined,
  };
}

/** What a look-up says of one who cannot be seen, and of one about whom nothing else is said. */
export const ABSENT = {
  visible: false,
  name: null,
  createdAt: null,
  lastSeenAt: null,
  deactivated: false,
};
export const SEEN = { ...ABSENT, visible: true };

/** A signal that never aborts. */
export const never = new AbortController().signal;
