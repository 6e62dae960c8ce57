import { z } from 'zod';
import type { FaultBook } from '../faults/book.ts';
import type { Person } from '../population/people.ts';
import {
  MESSAGE_CAP,
  type StreamView,
  calls,
  channels,
  exportedUser,
  messageCount,
  messages,
  reactions,
} from '../population/stream-chat.ts';
import type { Handler } from '../vendor.ts';
import { readBody, userIds } from './body.ts';
import { badInput, notFound } from './errors.ts';
import type { StreamTasks } from './tasks.ts';
import { type StreamUsers, existing, viewAt } from './users.ts';

const schema = z.object({ user_ids: userIds(25) });

/**
 * ExportUsers: chat and video data of up to 25 users as JSON lines.
 * [U] an unknown id: the batch is refused with 404 code 16, like the feeds call; the faults
 * `unknown-user-accepted` and `task-fails` stand for the other plausible answers.
 */
export function exportUsers(users: StreamUsers, tasks: StreamTasks, faults: FaultBook): Handler {
  return (call) => {
    const { user_ids: ids } = readBody(call, schema);
    const unknown = ids.filter((id) => !existing(users, id));
    const subject = { labels: [call.operation, 'stream'], ids };
    if (unknown.length > 0 && !faults.hits('unknown-user-accepted', subject)) {
      throw notFound(call.operation, `users not found: ${unknown.join(', ')}`);
    }
    const { accounts } = users;
    const task = tasks.start(
      { operation: call.operation, userIds: ids, finish: () => ({ version: accounts.version() }) },
      call.now,
    );
    return { status: 201, body: { task_id: task.id }, taskId: task.id };
  };
}

/** ExportUser: one user, at once; refused above 10,000 messages (OAS ExportUser). */
export function exportUser(users: StreamUsers): Handler {
  return (call) => {
    const id = call.params['user_id'] ?? '';
    const person = existing(users, id);
    if (!person) throw notFound(call.operation, `user with id "${id}" not found`);
    if (messageCount(users.population.seed, id) > MESSAGE_CAP) {
      throw badInput(call.operation, `user has more than ${MESSAGE_CAP} messages`);
    }
    const view = viewAt(users, users.accounts.version(), 0);
    return {
      status: 200,
      body: {
        user: exportedUser(view, person),
        messages: [...messages(view, person, MESSAGE_CAP)],
        reactions: [...reactions(view, person)],
      },
    };
  };
}

/**
 * The users export: one entity a line. [U] the line's schema: `{"type","data"}` as in Stream's
 * import format. Messages above the cap are left out without a word.
 */
export function* usersExport(view: StreamView, people: readonly Person[]): Generator<string> {
  for (const person of people) {
    const user = exportedUser(view, person);
    if (!user) continue;
    yield line('user', user);
    for (const channel of channels(view, person)) {
      yield line('channel', {
        cid: channel.cid,
        members: channel.members.map((member) => ({ user_id: member.streamId, name: member.name })),
        deleted_at: channel.deletedAt,
      });
    }
    for (const message of messages(view, person, MESSAGE_CAP)) yield line('message', message);
    for (const reaction of reactions(view, person)) yield line('reaction', reaction);
    for (const call of calls(view, person)) yield line('call', call);
  }
}

function line(type: string, data: Record<string, unknown>): string {
  return `${JSON.stringify({ type, data })}\n`;
}
