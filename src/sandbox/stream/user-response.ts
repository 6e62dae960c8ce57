import type { StreamAccount } from '../accounts/stream-account.ts';
import type { Person } from '../population/people.ts';
import { nanoseconds } from './tasks.ts';

/**
 * OAS UserResponse. [U] how others' answers show a user whose row was pruned or removed, when
 * `user` is required there: by id, without name, image and custom data.
 */
export function userResponse(person: Person, account: StreamAccount): Record<string, unknown> {
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
