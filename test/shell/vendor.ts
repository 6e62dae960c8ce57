import { onTestFinished } from 'vitest';
import { type TestServer, serve } from '../http/server.ts';
import { EVIL } from './hostile.ts';

/** How a vendor behaves that puts hostile words wherever words can stand. */
export type Behaviour = 'refuses' | 'hides' | 'runs' | 'fails' | 'deletes';

interface Reply {
  status: number;
  body: unknown;
}

const ok = (body: unknown): Reply => ({ status: 200, body });
const FEEDS = /^\/api\/v2\/feeds\/(\w+)\/query$/;

/** Both providers at one address. What they are asked is taken for granted, not judged. */
export async function vendor(behaviour: Behaviour): Promise<TestServer & { env: Env }> {
  const server = await serve((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://x');
    const { status, body } = reply(request.method ?? '', pathname, behaviour);
    response
      .writeHead(status, {
        'content-disposition': 'attachment; filename="../../../../tmp/owned.sh"',
        'x-ratelimit-limit': '\u009B31m',
      })
      .end(JSON.stringify(body));
  });
  onTestFinished(() => server.close());
  const env: Env = {
    STREAM_API_KEY: 'key',
    STREAM_API_SECRET: 'secret-of-stream',
    STREAM_BASE_URL: server.origin,
    SENDBIRD_APP_ID: 'APP',
    SENDBIRD_API_TOKEN: 'token-of-sendbird',
    SENDBIRD_BASE_URL: server.origin,
  };
  return { ...server, env };
}

type Env = Record<string, string>;

function reply(method: string, path: string, behaviour: Behaviour): Reply {
  const feeds = FEEDS.exec(path)?.[1];
  if (feeds !== undefined) return ok({ [feeds]: [], next: '', duration: EVIL });
  if (behaviour === 'hides' && path === '/api/v2/users') return ok({ users: [] });
  if (path === '/api/v2/users') {
    return ok({ users: [{ id: 'ada', name: EVIL, created_at: EVIL, custom: EVIL }] });
  }
  if (path.startsWith('/v3/users')) {
    return ok({ user_id: 'ada', nickname: EVIL, users: [{ user_id: 'ada', nickname: EVIL }] });
  }
  if (behaviour === 'refuses' || behaviour === 'hides') return refusal(path);
  if (path.startsWith('/api/v2/tasks/')) return ok(streamTask(path, behaviour));
  if (path.startsWith('/v3/')) return ok(sendbirdRequest(method, path, behaviour));
  return { status: 201, body: { task_id: `task${path.replaceAll('/', '-')}`, duration: EVIL } };
}

function refusal(path: string): Reply {
  return path.startsWith('/v3/')
    ? { status: 400, body: { error: true, code: 400_999, message: EVIL } }
    : { status: 400, body: { code: 4, message: EVIL, StatusCode: 400, more_info: EVIL } };
}

function streamTask(path: string, behaviour: Behaviour): object {
  const common = { task_id: path.split('/').at(-1), created_at: 1, updated_at: 1 };
  switch (behaviour) {
    case 'runs':
    case 'refuses':
    case 'hides':
      return { ...common, status: EVIL };
    case 'fails':
      return { ...common, status: 'failed', error: { type: EVIL, description: EVIL } };
    case 'deletes':
      return { ...common, status: 'completed', result: { ada: { status: EVIL, error: EVIL } } };
  }
}

function sendbirdRequest(method: string, path: string, behaviour: Behaviour): object {
  const request_id = method === 'POST' ? 'request-1' : path.split('/').at(-1);
  const action = behaviour === 'deletes' ? 'delete' : 'access';
  const status = behaviour === 'fails' ? 'no_data' : EVIL;
  return { request_id, action, user_id: 'ada', status, requests: [], [EVIL]: EVIL };
}
