import { hash, shortMessage, uuid } from '../random.ts';
import type { Population, SandboxUser } from './people.ts';

/** How many of each `ada` has; others have a quarter of it at most. */
const AMOUNT = {
  feeds: 4,
  activities: 12,
  comments: 8,
  reactions: 15,
  bookmarks: 5,
  bookmark_folders: 2,
  collections: 3,
};

/** What someone makes in feeds, in the order of the feeds export. */
export type FeedsKind = keyof typeof AMOUNT;

/** One thing someone made in feeds, deleted or not. Instants are epoch milliseconds. */
export interface FeedItem {
  id: string;
  person: SandboxUser;
  createdAt: number;
  /** Of an activity that is shown for some time only. */
  expiresAt?: number;
  /** The fields of its kind, by the names of Stream's specification. */
  data: Record<string, unknown>;
  /** The activity a bookmark is of, of whoever wrote that. */
  about?: FeedItem;
  /** The folder a bookmark is in. */
  folder?: FeedItem;
}

const GROUPS = ['user', 'timeline', 'notification', 'story'];
const DAY = 86_400_000;

/** How many of a kind someone made; `quiet` made none. */
export function feedItemCount({ seed }: Population, person: SandboxUser, kind: FeedsKind): number {
  if (person.ring === null) return 0;
  if (person.streamId === 'ada') return AMOUNT[kind];
  return hash(seed, person.streamId, kind) % (Math.ceil(AMOUNT[kind] / 4) + 1);
}

/** Everything of a kind that someone made, oldest first. */
export function* feedItems(
  population: Population,
  person: SandboxUser,
  kind: FeedsKind,
): Generator<FeedItem> {
  const amount = feedItemCount(population, person, kind);
  for (let i = 0; i < amount; i += 1) yield feedItem(population, person, kind, i);
}

type Base = Pick<FeedItem, 'id' | 'person' | 'createdAt'>;

function feedItem(
  population: Population,
  person: SandboxUser,
  kind: FeedsKind,
  i: number,
): FeedItem {
  const base = {
    id: uuid(population.seed, kind, person.streamId, i),
    person,
    createdAt: person.createdAt + (i + 1) * 8_640_000,
  };
  return MAKERS[kind](population, base, i);
}

const MAKERS: Record<FeedsKind, (population: Population, base: Base, i: number) => FeedItem> = {
  feeds(_population, base, i) {
    const group = GROUPS[i % GROUPS.length] ?? '';
    const { streamId: id } = base.person;
    return { ...base, id, data: { group_id: group, feed: `${group}:${id}`, visibility: 'public' } };
  },
  activities({ seed }, base, i) {
    const { streamId } = base.person;
    const hidden = (hash(seed, streamId, 'private') + i) % 5 === 3;
    const expires = (hash(seed, streamId, 'expires') + i) % 6 === 5;
    const data = {
      type: 'post',
      text: shortMessage(seed, streamId, 'activities', i),
      feeds: [`user:${streamId}`],
      visibility: hidden ? 'private' : 'public',
    };
    return { ...base, ...(expires ? { expiresAt: base.createdAt + DAY } : {}), data };
  },
  comments(population, base, i) {
    const about = someActivity(population, base.person, i);
    const text = shortMessage(population.seed, base.person.streamId, 'comments', i);
    return { ...base, data: { object_id: about.id, object_type: 'activity', text } };
  },
  reactions(population, base, i) {
    const about = someActivity(population, base.person, i);
    return { ...base, data: { activity_id: about.id, type: i % 2 === 0 ? 'like' : 'celebrate' } };
  },
  bookmarks(population, base, i) {
    const about = someActivity(population, base.person, i);
    const data = { object_id: about.id, object_type: 'activity', activity_id: about.id };
    const folders = [...feedItems(population, base.person, 'bookmark_folders')];
    const folder = folders[i % Math.max(1, folders.length)];
    if (!folder) return { ...base, about, data };
    return { ...base, about, folder, data: { ...data, folder_id: folder.id } };
  },
  bookmark_folders: (_population, base, i) => ({
    ...base,
    data: { name: ['To read', 'Rezepte & Café'][i % 2] },
  }),
  collections: (_population, base, i) => ({
    ...base,
    data: { name: 'places', custom: { city: 'Kraków', visits: i } },
  }),
};

/** An activity of an acquaintance who wrote one; `ada` always did. */
function someActivity(population: Population, person: SandboxUser, i: number): FeedItem {
  for (let steps = i + 1; steps <= i + 8; steps += 1) {
    const other = population.neighbour(person.ring ?? 0, steps);
    if (feedItemCount(population, other, 'activities') > 0) {
      return feedItem(population, other, 'activities', 0);
    }
  }
  return feedItem(population, population.at(0), 'activities', 0);
}
