import { hash, uuid } from '../random.ts';
import type { Person } from './people.ts';
import { exportedUser, type StreamView } from './stream-chat.ts';
import { iso, sentence } from './words.ts';

type Entity = Record<string, unknown>;

/** The arrays of the feeds export, in the order of the seed page's list. */
const FEEDS_PARTS = [
  'feeds',
  'follows',
  'activities',
  'comments',
  'reactions',
  'bookmarks',
  'bookmark_folders',
  'collections',
] as const;

type Part = (typeof FEEDS_PARTS)[number];

/** How many of each `ada` has; others have a quarter of it at most. */
const AMOUNT: Record<Exclude<Part, 'follows'>, number> = {
  feeds: 4,
  activities: 12,
  comments: 8,
  reactions: 15,
  bookmarks: 5,
  bookmark_folders: 2,
  collections: 3,
};

/**
 * The feeds export of one user as pieces of one JSON object. [U] whether the real file is one
 * JSON object or JSON lines: the seed page says "the JSON file", so one object.
 */
export function* feedsExport(view: StreamView, person: Person): Generator<string> {
  yield `{"user":${JSON.stringify(exportedUser(view, person))}`;
  for (const part of FEEDS_PARTS) {
    yield `,\n"${part}":[`;
    let first = true;
    for (const item of entities(view, person, part)) {
      yield `${first ? '' : ','}\n${JSON.stringify(item)}`;
      first = false;
    }
    yield ']';
  }
  yield '}\n';
}

/** One kind of a user's feed data, as far as it still exists. */
function* entities(view: StreamView, person: Person, part: Part): Generator<Entity> {
  if (person.ring === null || view.account(person.streamId).feeds !== null) return;
  if (part === 'follows') {
    yield* follows(view, person, person.ring);
    return;
  }
  const { seed } = view.population;
  const full = AMOUNT[part];
  const amount =
    person.streamId === 'ada'
      ? full
      : hash(seed, person.streamId, part) % (Math.ceil(full / 4) + 1);
  for (let i = 0; i < amount; i += 1) yield entity(view, person, part, i);
}

/** A follow is gone once the feed data of either side was deleted, softly or not. */
function* follows(view: StreamView, person: Person, ring: number): Generator<Entity> {
  for (const steps of [1, 2, -1, -2]) {
    const other = view.population.neighbour(ring, steps);
    if (other.streamId === person.streamId || view.account(other.streamId).feeds !== null) continue;
    const [source, target] = steps > 0 ? [person, other] : [other, person];
    yield {
      source_feed: `timeline:${source.streamId}`,
      target_feed: `user:${target.streamId}`,
      status: 'accepted',
      created_at: iso(Math.max(source.createdAt, target.createdAt)),
    };
  }
}

function entity(view: StreamView, person: Person, part: Part, i: number): Entity {
  const { seed } = view.population;
  const base = {
    id: uuid(seed, part, person.streamId, i),
    user_id: person.streamId,
    created_at: iso(person.createdAt + (i + 1) * 8_640_000),
  };
  const other = view.population.neighbour(person.ring ?? 0, i + 1).streamId;
  const activity = uuid(seed, 'activities', other, 0);
  switch (part) {
    case 'feeds':
      return {
        ...base,
        feed: `${['user', 'timeline', 'notification', 'story'][i % 4]}:${person.streamId}`,
      };
    case 'activities':
      return {
        ...base,
        type: 'post',
        text: sentence(seed, person.streamId, part, i),
        feeds: [`user:${person.streamId}`],
      };
    case 'comments':
      return {
        ...base,
        object_id: activity,
        object_type: 'activity',
        text: sentence(seed, person.streamId, part, i),
      };
    case 'reactions':
      return { ...base, activity_id: activity, type: i % 2 === 0 ? 'like' : 'celebrate' };
    case 'bookmarks':
      return {
        ...base,
        activity_id: activity,
        folder_id: uuid(seed, 'bookmark_folders', person.streamId, i % 2),
      };
    case 'bookmark_folders':
      return { ...base, name: ['To read', 'Rezepte & Café'][i % 2] };
    case 'collections':
      return { ...base, name: 'places', custom: { city: 'Kraków', visits: i } };
    case 'follows':
      return base;
  }
}
