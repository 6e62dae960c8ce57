import { z } from 'zod';
import { type ExportFile, textChunks } from '../files/export-file.ts';
import { type StreamUsers, type StreamView, viewAt } from '../population/accounts.ts';
import type { SandboxUser } from '../population/people.ts';
import {
  MESSAGE_CAP,
  calls,
  channels,
  exportedUser,
  messageCount,
  messages,
  reactions,
} from '../population/stream-chat.ts';
import { feedsExport } from '../population/stream-feeds.ts';
import { badInput, readBody, userIds } from './errors.ts';
import type { StreamTask } from './tasks.ts';
import {
  type StreamContext,
  type StreamHandler,
  existing,
  refuseUnknown,
  userNotFound,
} from './users.ts';

const LINK_TIME = 24 * 3_600_000;

const schema = z.object({ user_ids: userIds(25) });

/**
 * ExportUsers: chat and video data of up to 25 users as JSON lines.
 * [U] an unknown id: like the feeds call; the faults `unknown-user-accepted` and `task-fails` stand
 * for the other plausible answers.
 */
export const exportUsers: StreamHandler = (call, context) => {
  const { user_ids: ids } = readBody(call, schema);
  refuseUnknown(context, call, ids);
  return context.tasks.begin(call, ids, ofThisMoment(context));
};

/** ExportFeedUserData: one user, no body needed. [U] a body is ignored. */
export const exportFeedUserData: StreamHandler = (call, context) => {
  const id = call.params['user_id'] ?? '';
  refuseUnknown(context, call, [id]);
  return context.tasks.begin(call, [id], ofThisMoment(context));
};

/** An export shows the moment of its end. */
function ofThisMoment({ users }: StreamContext) {
  return { finish: () => ({ version: users.accounts.version() }) };
}

/** ExportUser: one user, at once; refused above 10,000 messages (OAS ExportUser). */
export const exportUser: StreamHandler = (call, { users }) => {
  const id = call.params['user_id'] ?? '';
  const person = existing(users, id);
  if (!person) throw userNotFound(call.operation, id);
  if (messageCount(users.population.seed, id) > MESSAGE_CAP) {
    throw badInput(call.operation, `user has more than ${MESSAGE_CAP} messages`);
  }
  const view = viewAt(users);
  return {
    status: 200,
    body: {
      user: exportedUser(view, person),
      messages: [...messages(view, person, MESSAGE_CAP)],
      reactions: [...reactions(view, person)],
    },
  };
};

/**
 * The users export: one entity a line. [U] the line's schema: `{"type","data"}` as in Stream's
 * import format. Messages above the cap are left out without a word.
 */
function* usersExport(view: StreamView, people: readonly SandboxUser[]): Generator<string> {
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

/** GetTask: the link of a finished export is made anew each time. */
export const getTask: StreamHandler = ({ params, now }, { tasks, links, options }) =>
  tasks.view(params['task_id'] ?? '', now, (task) =>
    isExport(task) ? links.mint(pathOf(task), now + (options.linkTime ?? LINK_TIME)) : null,
  );

/** Whether a task makes a file. */
export function isExport(task: StreamTask): boolean {
  return task.operation === 'exportUsers' || task.operation === 'exportFeedUserData';
}

function pathOf(task: StreamTask): string {
  return task.operation === 'exportUsers'
    ? `/files/stream/exports/users/${task.id}.jsonl`
    : `/files/stream/exports/feeds/${task.id}.json`;
}

/** Its file, made as it is read. */
export function exportFile(users: StreamUsers, task: StreamTask): ExportFile {
  const version = Number(task.result?.['version'] ?? 0);
  const people = task.userIds.flatMap((id) => users.population.byStreamId(id) ?? []);
  const feeds = task.operation === 'exportFeedUserData';
  const [first] = people;
  return {
    key: `${task.id}/${version}`,
    contentType: feeds ? 'application/json' : 'text/plain; charset=utf-8',
    createdAt: task.endsAt ?? task.createdAt,
    ids: task.userIds,
    operation: task.operation,
    chunks(revision) {
      const view = viewAt(users, version, revision);
      if (!feeds) return textChunks(usersExport(view, people));
      return textChunks(first ? feedsExport(view, first) : ['{"user":null}\n']);
    },
  };
}
