import { SignJWT } from 'jose';
import { request } from 'undici';
import {
  type CallLogEntry,
  type Sandbox,
  type SandboxOptions,
  parseFault,
  startSandbox,
} from '../../src/sandbox/sandbox.ts';

export const SECRET = 'sandbox-stream-secret-0123456789abcdef';
export const TOKEN = 'sandbox-sendbird-token';
export const KEY = 'sandbox-key';
/** In the middle of a clock minute, at the beginning of a second. */
export const START = Date.UTC(2026, 10, 22, 12, 0, 30);

export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  bytes: Buffer;
  json: Record<string, unknown>;
}

export interface Box {
  sandbox: Sandbox;
  log: CallLogEntry[];
  clock: { now(): number; sleep(ms: number): Promise<void>; pass(ms: number): void };
  stream(method: string, path: string, body?: unknown): Promise<Reply>;
  sendbird(method: string, path: string, body?: unknown): Promise<Reply>;
  get(url: string, headers?: Record<string, string>): Promise<Reply>;
  close(): Promise<void>;
}

export type BoxOptions = Partial<Omit<SandboxOptions, 'faults' | 'log' | 'clock'>> & {
  faults?: string[];
};

/** A sandbox on a clock that only tests move; sleeping moves it too. */
export async function openBox({ faults = [], ...options }: BoxOptions = {}): Promise<Box> {
  let now = START;
  const pass = (ms: number) => {
    now += ms;
  };
  const sleep = (ms: number) => {
    // A call at a gate sleeps for ever: that is no time that passes.
    if (ms < Infinity) pass(ms);
    return Promise.resolve();
  };
  const clock = { now: () => now, sleep, pass };
  const log: CallLogEntry[] = [];
  const sandbox = await startSandbox({
    port: 0,
    seed: 7,
    users: 40,
    taskTime: 0,
    latency: 0,
    rate: 1000,
    credentials: {
      stream: { apiKey: KEY, apiSecret: SECRET },
      sendbird: { applicationId: 'APP', apiToken: TOKEN },
    },
    ...options,
    faults: faults.map(parseFault),
    clock,
    log: (entry) => log.push(entry),
  });
  const jwt = await serverToken({ server: true });
  const json = { 'content-type': 'application/json' };
  return {
    sandbox,
    log,
    clock,
    stream(method, path, body) {
      const url = `${sandbox.origin}${path}${path.includes('?') ? '&' : '?'}api_key=${KEY}`;
      const headers = { ...json, authorization: jwt, 'stream-auth-type': 'jwt' };
      return send(method, url, headers, written(body));
    },
    sendbird: (method, path, body) =>
      send(method, `${sandbox.origin}${path}`, { ...json, 'api-token': TOKEN }, written(body)),
    get: (url, headers = {}) => send('GET', url, headers, null),
    close: () => sandbox.close(),
  };
}

export function serverToken(claims: Record<string, unknown>, secret = SECRET): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(secret));
}

export async function send(
  method: string,
  url: string,
  headers: Record<string, string>,
  body: string | null,
): Promise<Reply> {
  const answer = await request(url, { method: methodOf(method), headers, body });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  const text = bytes.toString();
  return { status: answer.statusCode, headers: answer.headers, text, bytes, json: parse(text) };
}

function written(body: unknown): string | null {
  return body === undefined ? null : JSON.stringify(body);
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** The link of a finished Stream export, from a status call of its own. */
export async function streamLink(box: Box, taskId: unknown): Promise<string> {
  const task = await box.stream('GET', `/api/v2/tasks/${String(taskId)}`);
  const result = task.json['result'];
  return result && typeof result === 'object' && 'url' in result ? String(result.url) : '';
}

/** Starts a Stream export and gives its link. */
export async function exported(box: Box, what: 'feeds' | 'users', id: string): Promise<string> {
  const started =
    what === 'feeds'
      ? await box.stream('POST', `/api/v2/feeds/users/${id}/export`)
      : await box.stream('POST', '/api/v2/export/users', { user_ids: [id] });
  return streamLink(box, started.json['task_id']);
}

/** Registers a Sendbird access request and gives its link. */
export async function accessed(box: Box, id: string): Promise<string> {
  const body = { action: 'access', user_id: id };
  const registered = await box.sendbird('POST', '/v3/privacy/gdpr', body);
  const path = `/v3/privacy/gdpr/${String(registered.json['request_id'])}`;
  const { json } = await box.sendbird('GET', path);
  const files = json['files'];
  return files && typeof files === 'object' && 'url' in files ? String(files.url) : '';
}

export function lines(text: string): { type: string; data: Record<string, unknown> }[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { type, data } = parse(line);
      return { type: String(type), data: typeof data === 'object' ? { ...data } : {} };
    });
}

function methodOf(method: string): 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD' {
  const known = (['GET', 'POST', 'PUT', 'DELETE', 'HEAD'] as const).find((one) => one === method);
  return known ?? 'GET';
}

/** Whether look-ups at Stream show a user. */
export async function seenAtStream(box: Box, id: string): Promise<boolean> {
  const payload = { filter_conditions: { id: { $in: [id] } }, limit: 10 };
  const query = encodeURIComponent(JSON.stringify(payload));
  const { json } = await box.stream('GET', `/api/v2/users?payload=${query}`);
  return Array.isArray(json['users']) && json['users'].length === 1;
}
