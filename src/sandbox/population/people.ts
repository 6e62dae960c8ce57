import { hash, pick } from '../random.ts';

/** Someone who exists at the providers. Instants are epoch milliseconds. */
export interface SandboxUser {
  /** Place in the ring of acquaintances; null for `quiet`, who knows nobody. */
  ring: number | null;
  streamId: string;
  /** null = no account at Sendbird. */
  sendbirdId: string | null;
  name: string;
  role: string;
  language: string;
  createdAt: number;
  lastActive: number;
}

/** The id of `grace` at Sendbird. */
export const GRACE_AT_SENDBIRD = 'grace-h';

const NAMED = ['ada', 'grace', 'linus', 'prolific', 'quiet'] as const;
const QUIET = 4;
const ROOM = 8;
const DAY = 86_400_000;
const FIRST_DAY = Date.UTC(2024, 2, 3, 9, 26, 53);
const LAST_DAY = Date.UTC(2026, 10, 20, 17, 4, 11);

const NAMES: Record<string, string> = {
  ada: 'Ada L.',
  grace: 'Grace H.',
  linus: 'Linus T.',
  prolific: 'Polly Rific ✍️',
  quiet: 'Quiet Q.',
};
const FIRST = 'Zoë José Łucja 李娜 さくら Nguyễn مريم Ólafur Priya Tom'.split(' ');
const LAST = "O'Neill García Nowak 王 佐藤 Trần Haddad Jónsson Rao Smith".split(' ');

/**
 * The people of a seed, computed on demand and never held: five named ones and `user-000001` to
 * `user-<users>`. All but `quiet` stand in a ring: each shares a 1:1 channel with either
 * neighbour and a room with the up to eight of its block, so that what one loses in a deletion
 * is missing from the other's export too.
 */
export type Population = ReturnType<typeof createPopulation>;

export function createPopulation(seed: number, users: number) {
  const size = users + NAMED.length;
  const ringSize = size - 1;

  const at = (index: number): SandboxUser => person(seed, index, idAt(index));
  const onRing = (place: number): SandboxUser => {
    const ring = ((place % ringSize) + ringSize) % ringSize;
    return at(ring < QUIET ? ring : ring + 1);
  };

  return {
    seed,
    size,
    at,
    byStreamId(id: string): SandboxUser | null {
      const index = indexOf(id, users);
      return index === null ? null : at(index);
    },
    bySendbirdId(id: string): SandboxUser | null {
      const index = indexOf(id === GRACE_AT_SENDBIRD ? 'grace' : id, users);
      const found = index === null ? null : at(index);
      return found?.sendbirdId === id ? found : null;
    },
    /** Who stands `steps` further in the ring (negative: back). */
    neighbour: (ring: number, steps: number) => onRing(ring + steps),
    /** The block of the ring that shares a room. */
    room(ring: number) {
      const id = Math.floor(ring / ROOM);
      const members: SandboxUser[] = [];
      for (let place = id * ROOM; place < Math.min((id + 1) * ROOM, ringSize); place += 1) {
        members.push(onRing(place));
      }
      return { id, members };
    },
  };
}

/** The first people who are known at both providers by the same id, in the order of the population. */
export function idsAtBoth(population: Population, count: number): string[] {
  const ids: string[] = [];
  for (let index = 0; index < population.size && ids.length < count; index += 1) {
    const { streamId, sendbirdId } = population.at(index);
    if (streamId === sendbirdId) ids.push(streamId);
  }
  return ids;
}

function idAt(index: number): string {
  return NAMED[index] ?? `user-${String(index - NAMED.length + 1).padStart(6, '0')}`;
}

function indexOf(id: string, users: number): number | null {
  const named = NAMED.findIndex((name) => name === id);
  if (named !== -1) return named;
  const digits = /^user-(\d{6,})$/.exec(id)?.[1];
  const number = digits === undefined ? 0 : Number(digits);
  const index = number - 1 + NAMED.length;
  return number >= 1 && number <= users && idAt(index) === id ? index : null;
}

function person(seed: number, index: number, streamId: string): SandboxUser {
  const h = (part: string) => hash(seed, streamId, part);
  return {
    ring: index === QUIET ? null : index < QUIET ? index : index - 1,
    streamId,
    sendbirdId: sendbirdIdOf(streamId),
    name: NAMES[streamId] ?? `${pick(FIRST, h('first'))} ${pick(LAST, h('last'))}`,
    role: h('role') % 50 === 0 ? 'admin' : 'user',
    language: pick(['en', 'de', 'pl', 'ja', 'vi', 'ar'], h('language')),
    createdAt: index === 0 ? FIRST_DAY : FIRST_DAY + (h('created') % 600) * DAY + (h('at') % DAY),
    lastActive: LAST_DAY - (h('active') % 90) * DAY,
  };
}

function sendbirdIdOf(streamId: string): string | null {
  if (streamId === 'linus') return null;
  return streamId === 'grace' ? GRACE_AT_SENDBIRD : streamId;
}
