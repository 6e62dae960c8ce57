import { chance, hash, iso, shortMessage, uuid } from '../random.ts';
import type { StreamState, StreamView } from './accounts.ts';
import type { SandboxUser } from './people.ts';

/** Stream gives at most this many messages of a user (getstream.io/docs/platform/gdpr). */
export const MESSAGE_CAP = 10_000;

type Entity = Record<string, unknown>;

interface Channel {
  cid: string;
  members: SandboxUser[];
  deletedAt: string | null;
}

/** How many messages someone has written; above the cap for `prolific`. */
export function messageCount(seed: number, id: string): number {
  if (id === 'quiet') return 0;
  if (id === 'prolific') return 12_500;
  return id === 'ada' ? 240 : 3 + (hash(seed, id, 'messages') % 13);
}

/** The user row of an export, or null when it was removed for good. */
export function exportedUser(view: StreamView, person: SandboxUser): Entity | null {
  const { user, deactivatedAt } = view.account(person.streamId);
  if (user?.mode === 'hard') return null;
  const pruned = user?.mode === 'pruning';
  return {
    id: person.streamId,
    role: person.role,
    name: pruned ? null : person.name,
    image: pruned ? null : `https://images.example.test/${person.streamId}.png`,
    language: person.language,
    custom: pruned ? {} : { department: 'R&D', newsletter: true, revision: view.revision },
    created_at: iso(person.createdAt),
    updated_at: iso(person.lastActive),
    last_active: iso(person.lastActive),
    deactivated_at: deactivatedAt === null ? null : iso(deactivatedAt),
    deleted_at: user ? iso(user.at) : null,
  };
}

/** The channels someone is in: 1:1 with either neighbour, and a room. */
export function channels(view: StreamView, person: SandboxUser): Channel[] {
  return places(view, person).filter((channel) => channel !== null);
}

/** The same with null for what was deleted for good. */
function places(view: StreamView, { ring }: SandboxUser): (Channel | null)[] {
  if (ring === null) return [];
  const room = view.population.room(ring);
  const members = room.members.filter(
    (member) => view.account(member.streamId).user?.mode !== 'hard',
  );
  const shared = { cid: `team:room-${room.id}`, members, deletedAt: null };
  return [directChannel(view, ring), directChannel(view, ring - 1), shared];
}

/** The messages someone wrote, in order, as far as they still exist. */
export function* messages(view: StreamView, person: SandboxUser, cap: number): Generator<Entity> {
  const account = view.account(person.streamId);
  if (account.messages === 'hard') return;
  // A message keeps its channel, whatever became of the other channels.
  const into = places(view, person);
  const total = messageCount(view.population.seed, person.streamId);
  let given = 0;
  for (let i = 0; i < total && given < cap; i += 1) {
    const channel = into[i % into.length];
    if (!channel) continue;
    given += 1;
    yield message(view, person, channel, account, i);
  }
}

/** Reactions to other people's messages. */
export function* reactions(view: StreamView, person: SandboxUser): Generator<Entity> {
  const { seed } = view.population;
  const { messages: mode, user } = view.account(person.streamId);
  if (person.ring === null || mode === 'hard' || mode === 'pruning' || user?.mode === 'hard')
    return;
  const total = person.streamId === 'ada' ? 36 : hash(seed, person.streamId, 'reactions') % 6;
  const { members } = view.population.room(person.ring);
  for (let i = 0; i < total; i += 1) {
    const author = members[i % members.length];
    if (!author || author.streamId === person.streamId) continue;
    yield {
      message_id: uuid(seed, 'message', author.streamId, i),
      user_id: person.streamId,
      type: i % 3 === 0 ? 'love' : 'like',
      score: 1,
      created_at: iso(person.createdAt + i * 7_700_000),
    };
  }
}

/** Two-member calls with either neighbour. */
export function* calls(view: StreamView, person: SandboxUser): Generator<Entity> {
  if (person.ring === null) return;
  const { seed } = view.population;
  for (const ring of [person.ring, person.ring - 1]) {
    const pair = [view.population.neighbour(ring, 0), view.population.neighbour(ring, 1)];
    const [first] = pair;
    if (!first || (first.streamId !== 'ada' && chance(seed, first.streamId, 'call') > 0.25))
      continue;
    const modes = new Set(pair.map((member) => view.account(member.streamId).calls));
    if (modes.has('hard')) continue;
    yield {
      cid: `default:call-${first.streamId}`,
      created_by_id: first.streamId,
      members: pair.map((member) => ({ user_id: member.streamId, name: member.name })),
      started_at: iso(first.lastActive - 5_400_000),
      ended_at: iso(first.lastActive - 3_600_000),
      deleted_at: modes.has('soft') ? iso(first.lastActive) : null,
    };
  }
}

function directChannel(view: StreamView, ring: number): Channel | null {
  const first = view.population.neighbour(ring, 0);
  const members = [first, view.population.neighbour(ring, 1)];
  const accounts = members.map((member) => view.account(member.streamId));
  if (accounts.some((account) => account.conversations === 'hard')) return null;
  const gone = accounts.find((account) => account.conversations === 'soft');
  const deletedAt = gone ? iso(gone.user?.at ?? 0) : null;
  return { cid: `messaging:dm-${first.streamId}`, members, deletedAt };
}

function message(
  view: StreamView,
  person: SandboxUser,
  channel: Channel,
  account: StreamState,
  i: number,
): Entity {
  const { seed } = view.population;
  const at = person.createdAt + i * 1_234_567;
  const marked = account.messages !== null || account.messagesMarked;
  const pruned = account.messages === 'pruning';
  const attached = i % 9 === 4 && !account.files && !pruned;
  return {
    id: uuid(seed, 'message', person.streamId, i),
    cid: channel.cid,
    user_id: person.streamId,
    type: marked ? 'deleted' : 'regular',
    text: pruned ? null : shortMessage(seed, person.streamId, i),
    attachments: attached
      ? [{ type: 'image', image_url: `https://files.example.test/${person.streamId}/${i}.jpg` }]
      : [],
    mentioned_users:
      i % 11 === 5 ? channel.members.slice(0, 1).map((member) => member.streamId) : [],
    created_at: iso(at),
    updated_at: iso(at),
    deleted_at: marked ? iso(account.user?.at ?? account.deactivatedAt ?? at) : null,
  };
}
