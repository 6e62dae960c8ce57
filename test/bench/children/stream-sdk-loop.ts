/*
 * Erases users at Stream by its own SDK, awaiting each in turn: feed data, its task, the account,
 * its task. Tasks are asked about every second, as Stream's SDKs do where they wait for one.
 *
 *   stream-sdk-loop <file with a user id on each line>
 */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { StreamClient } from '@stream-io/node-sdk';

const BETWEEN_CHECKS = 1_000;

const { env } = process;
const client = new StreamClient(env['STREAM_API_KEY'] ?? '', env['STREAM_API_SECRET'] ?? '', {
  basePath: env['STREAM_BASE_URL'] ?? '',
});

async function finished(id: string): Promise<void> {
  for (;;) {
    const { status } = await client.getTask({ id });
    if (status === 'completed') return;
    if (status === 'failed') throw new Error(`task ${id} failed`);
    await wait(BETWEEN_CHECKS);
  }
}

for (const userId of readFileSync(process.argv[2] ?? '', 'utf8')
  .trimEnd()
  .split('\n')) {
  const feeds = await client.feeds.deleteFeedUserData({ user_id: userId, hard_delete: true });
  await finished(feeds.task_id);
  const user = await client.deleteUsers({
    user_ids: [userId],
    user: 'hard',
    messages: 'hard',
    conversations: 'hard',
    calls: 'hard',
    files: true,
  });
  await finished(user.task_id);
}
