import { iso } from '../random.ts';
import type { StreamView } from './accounts.ts';
import { type FeedItem, type FeedsKind, feedItems } from './feed-items.ts';
import type { SandboxUser } from './people.ts';
import { exportedUser } from './stream-chat.ts';

type Entity = Record<string, unknown>;

/** The arrays of the feeds export, in the order of the seed page's list. */
const FEEDS_PARTS: readonly (FeedsKind | 'follows')[] = [
  'feeds',
  'follows',
  'activities',
  'comments',
  'reactions',
  'bookmarks',
  'bookmark_folders',
  'collections',
];

/**
 * The feeds export of one user as pieces of one JSON object. [U] whether the real file is one
 * JSON object or JSON lines: the seed page says "the JSON file", so one object.
 */
export function* feedsExport(view: StreamView, person: SandboxUser): Generator<string> {
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
function* entities(
  view: StreamView,
  person: SandboxUser,
  part: FeedsKind | 'follows',
): Generator<Entity> {
  if (view.account(person.streamId).feeds !== null) return;
  if (part === 'follows') yield* follows(view, person);
  else for (const item of feedItems(view.population, person, part)) yield entity(item);
}

function entity({ id, person, createdAt, expiresAt, data }: FeedItem): Entity {
  return {
    id,
    user_id: person.streamId,
    created_at: iso(createdAt),
    ...data,
    ...(expiresAt === undefined ? {} : { expires_at: iso(expiresAt) }),
  };
}

/** The follows of someone. One is gone once the feed data of either side was deleted, softly or not. */
export function* follows(view: StreamView, person: SandboxUser): Generator<Entity> {
  if (person.ring === null) return;
  for (const steps of [1, 2, -1, -2]) {
    const other = view.population.neighbour(person.ring, steps);
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
