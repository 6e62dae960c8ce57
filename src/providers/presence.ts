import type { Redactor } from '../http/redaction.ts';
import type { Lookup, Presence, Sighting } from '../requests/transitions/answers.ts';

/** The longest name that is passed on, in characters. */
const MOST_NAME = 100;

/** The last instant that a date can have, ms. */
const LAST = 8.64e15;

/** What a provider says about a user, as it came; instants in ms. */
type Profile = Omit<Presence, 'visible'>;

/** Who cannot be seen. */
export const ABSENT: Presence = {
  visible: false,
  name: null,
  createdAt: null,
  lastSeenAt: null,
  deactivated: false,
};

/**
 * Who can be seen, fit to be shown. A name is whatever its bearer chose, so it is cleaned and cut;
 * an instant at or before 1970 says nothing (Sendbird's 0 for never, Go's year 1).
 */
export function presenceOf(profile: Profile, redactor: Redactor): Presence {
  return {
    visible: true,
    name: nameOf(profile.name, redactor),
    createdAt: instant(profile.createdAt),
    lastSeenAt: instant(profile.lastSeenAt),
    deactivated: profile.deactivated,
  };
}

/** What a look-up found: who was not seen is absent. */
export function lookupOf(userIds: readonly string[], seen: ReadonlyMap<string, Presence>): Lookup {
  return { kind: 'found', presence: new Map(userIds.map((id) => [id, seen.get(id) ?? ABSENT])) };
}

/** What a look-up says about accounts that were to go, or to come back. */
export function sightingOf(lookup: Lookup): Sighting {
  if (lookup.kind !== 'found') return lookup;
  const visible = [...lookup.presence].flatMap(([id, presence]) => (presence.visible ? [id] : []));
  return { kind: 'looked', visible: new Set(visible) };
}

function nameOf(name: string | null, redactor: Redactor): string | null {
  const characters = Array.from(redactor.clean(name ?? ''));
  if (characters.length === 0) return null;
  return characters.length > MOST_NAME
    ? `${characters.slice(0, MOST_NAME - 1).join('')}…`
    : characters.join('');
}

function instant(at: number | null): number | null {
  return at !== null && at > 0 && at <= LAST ? at : null;
}
