import { send, serverToken } from '../sandbox/box.ts';
import { CREDENTIALS, type World } from './world.ts';

/**
 * The file of an export task as the sandbox gives it now, by a link of our own; null: there is no
 * link any more.
 */
export async function receivedAgain(
  { sandbox: { origin } }: World,
  provider: 'stream' | 'sendbird',
  taskId: string,
): Promise<Buffer | null> {
  const view = provider === 'stream' ? await task(origin, taskId) : await request(origin, taskId);
  const url = linkIn(view['result']) ?? linkIn(view['files']);
  if (url === null) return null;
  const file = await send('GET', url, {}, null);
  return file.status === 200 ? file.bytes : null;
}

async function task(origin: string, taskId: string): Promise<Record<string, unknown>> {
  const { apiKey, apiSecret } = CREDENTIALS.stream;
  const authorization = await serverToken({ server: true }, apiSecret);
  const headers = { authorization, 'stream-auth-type': 'jwt' };
  const url = `${origin}/api/v2/tasks/${taskId}?api_key=${apiKey}`;
  return (await send('GET', url, headers, null)).json;
}

async function request(origin: string, taskId: string): Promise<Record<string, unknown>> {
  const headers = { 'api-token': CREDENTIALS.sendbird.apiToken };
  return (await send('GET', `${origin}/v3/privacy/gdpr/${taskId}`, headers, null)).json;
}

function linkIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('url' in value)) return null;
  return typeof value.url === 'string' && value.url !== '' ? value.url : null;
}
