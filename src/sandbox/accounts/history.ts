/**
 * States of users that changed, with their past: a file belongs to a moment, and must give the
 * same bytes after the user was deleted. Who never changed takes no room.
 */
export interface History<S> {
  /** The state at a version (default: now). */
  get(id: string, version?: number): S;
  set(id: string, state: S): void;
  version(): number;
  /** Who ever changed, in the order of first changes. */
  ids(): string[];
}

export function createHistory<S>(untouched: S): History<S> {
  const past = new Map<string, { version: number; state: S }[]>();
  let current = 0;
  return {
    get(id, version = current) {
      const entry = past.get(id)?.findLast((candidate) => candidate.version <= version);
      return entry ? entry.state : untouched;
    },
    set(id, state) {
      current += 1;
      const entries = past.get(id);
      if (entries) entries.push({ version: current, state });
      else past.set(id, [{ version: current, state }]);
    },
    version: () => current,
    ids: () => [...past.keys()],
  };
}
