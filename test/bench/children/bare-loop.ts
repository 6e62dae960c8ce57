/*
 * The calls of a sandbox's log once more, by undici and nothing else: a few workers take one after
 * the other, send it, read the answer as JSON, and remember the ids of tasks. No ledger, no limits,
 * no checks of what the answers say.
 *
 *   bare-loop <log file>      configured by the variables that a sandbox prints
 */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';

const WORKERS = 32;

interface Entry {
  provider: 'stream' | 'sendbird';
  operation: string;
  method: string;
  path: string;
  ids: string[];
}

const { env } = process;
const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = `${base64({ alg: 'HS256', typ: 'JWT' })}.${base64({ server: true })}`;
const signature = createHmac('sha256', env['STREAM_API_SECRET'] ?? '')
  .update(claims)
  .digest('base64url');
const stream = {
  'content-type': 'application/json',
  authorization: `${claims}.${signature}`,
  'stream-auth-type': 'jwt',
};
const sendbird = {
  'content-type': 'application/json',
  'api-token': env['SENDBIRD_API_TOKEN'] ?? '',
};
const dispatcher = new Agent({ connections: WORKERS });
/** Asked about in turn: the ids of the log are another sandbox's. */
const tasks = {
  stream: { ids: new Array<string>(), next: 0 },
  sendbird: { ids: new Array<string>(), next: 0 },
};

const calls = readFileSync(process.argv[2] ?? '', 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): Entry => JSON.parse(line))
  .values();

async function work(): Promise<void> {
  for (const { provider, operation, method, path, ids } of calls) {
    const isTask = operation === 'getTask' || operation === 'viewGdprRequest';
    const target = isTask ? aboutTask(provider, path) : path;
    const body = bodyOf(operation, ids);
    const answer = await request(provider === 'stream' ? streamUrl(target) : sendbirdUrl(target), {
      method,
      headers: provider === 'stream' ? stream : sendbird,
      dispatcher,
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    });
    const told: unknown = await answer.body.json();
    if (answer.statusCode >= 300) throw new Error(`${answer.statusCode} to ${method} ${path}`);
    const id = method === 'POST' ? taskOf(told) : null;
    if (id !== null) tasks[provider].ids.push(id);
  }
}

function aboutTask(provider: Entry['provider'], path: string): string {
  const own = tasks[provider];
  const id = own.ids[own.next % own.ids.length];
  own.next += 1;
  return path.replace(/[^/]+$/, id ?? '');
}

function streamUrl(path: string): string {
  const query = `${path.includes('?') ? '&' : '?'}api_key=${env['STREAM_API_KEY']}`;
  return `${env['STREAM_BASE_URL']}${path}${query}`;
}

function sendbirdUrl(path: string): string {
  return `${env['SENDBIRD_BASE_URL']}${path}`;
}

/** What the sandbox does not log: the body of each kind of call, with the ids that it names. */
function bodyOf(operation: string, ids: readonly string[]): object | null {
  const page = { limit: 100 };
  switch (operation) {
    case 'deleteFeedUserData':
      return { hard_delete: true };
    case 'deleteUsers':
      return {
        user_ids: ids,
        user: 'hard',
        messages: 'hard',
        conversations: 'hard',
        calls: 'hard',
        files: true,
      };
    case 'registerGdprDelete':
      return { action: 'delete', user_ids: ids, channel_delete_option: 'do_not_delete' };
    case 'queryFeeds':
      return { ...page, filter: { created_by_id: { $in: ids } } };
    case 'queryActivities':
    case 'queryComments':
    case 'queryBookmarks':
    case 'queryBookmarkFolders':
    case 'queryCollections':
      return { ...page, filter: { user_id: { $in: ids } } };
    default:
      return null;
  }
}

function taskOf(told: unknown): string | null {
  if (typeof told !== 'object' || told === null) return null;
  if ('task_id' in told) return String(told.task_id);
  return 'request_id' in told ? String(told.request_id) : null;
}

await Promise.all(Array.from({ length: WORKERS }, work));
await dispatcher.close();
