import type { StreamState, StreamUsers } from '../population/accounts.ts';
import type { SandboxUser } from '../population/people.ts';
import type { ReceivedCall, VendorAnswer, World } from '../vendor.ts';
import { notFound } from './errors.ts';
import type { StreamLimits } from './limits.ts';
import { type StreamTasks, nanoseconds } from './tasks.ts';

/** What a call works with. */
export interface StreamContext extends World {
  users: StreamUsers;
  tasks: StreamTasks;
  limits: StreamLimits;
}

export type StreamHandler = (call: ReceivedCall, context: StreamContext) => VendorAnswer;

/**
 * A user whose row exists: active, deactivated, or deleted but not for good. [U] whether a
 * soft-deleted user can still be exported or deleted again: yes, since all data is kept.
 */
export function existing(users: StreamUsers, id: string): SandboxUser | null {
  const person = users.population.byStreamId(id);
  return person && users.accounts.get(id).user?.mode !== 'hard' ? person : null;
}

/** A user whom look-ups may show: not deleted in any mode, nor about to be. */
export function visible(users: StreamUsers, id: string): SandboxUser | null {
  const { user, hidden } = users.accounts.get(id);
  return user === null && !hidden ? existing(users, id) : null;
}

/**
 * [U] an unknown (or already hard-deleted) id refuses the whole call with 404 code 16; the fault
 * `unknown-user-accepted` takes it.
 */
export function refuseUnknown(
  { users, faults }: StreamContext,
  { operation, params }: ReceivedCall,
  ids: readonly string[],
): void {
  const unknown = ids.filter((id) => !existing(users, id));
  const subject = { labels: [operation, 'stream'], ids };
  if (unknown.length === 0 || faults.hits('unknown-user-accepted', subject)) return;
  throw params['user_id'] === undefined
    ? notFound(operation, `users not found: ${unknown.join(', ')}`)
    : userNotFound(operation, params['user_id']);
}

export function userNotFound(operation: string, id: string) {
  return notFound(operation, `user with id "${id}" not found`);
}

/**
 * OAS UserResponse. [U] how others' answers show a user whose row was pruned or removed, when
 * `user` is required there: by id, without name, image and custom data.
 */
export function userResponse(person: SandboxUser, account: StreamState): Record<string, unknown> {
  const { user, deactivatedAt } = account;
  const bare = user?.mode === 'pruning' || user?.mode === 'hard';
  const image = `https://images.example.test/${person.streamId}.png`;
  return {
    id: person.streamId,
    ...(bare ? {} : { name: person.name, image }),
    role: person.role,
    language: person.language,
    banned: false,
    shadow_banned: false,
    invisible: false,
    online: false,
    teams: [],
    custom: bare ? {} : { department: 'R&D' },
    blocked_user_ids: [],
    created_at: nanoseconds(person.createdAt),
    updated_at: nanoseconds(person.lastActive),
    last_active: nanoseconds(person.lastActive),
    ...(deactivatedAt === null ? {} : { deactivated_at: nanoseconds(deactivatedAt) }),
    ...(user ? { deleted_at: nanoseconds(user.at) } : {}),
  };
}

/** Required fields, by name, that are empty lists here. */
export function noneOf(fields: string): Record<string, unknown> {
  return Object.fromEntries(fields.split(' ').map((field) => [field, []]));
}

/** Required fields, by name, that are 0 here. */
export function zero(fields: string): Record<string, unknown> {
  return Object.fromEntries(fields.split(' ').map((field) => [field, 0]));
}
