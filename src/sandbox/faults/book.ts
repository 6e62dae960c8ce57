import { chance } from '../random.ts';
import type { FaultSpec } from './table.ts';

/** What a fault may happen to: the scopes it answers to, and the user ids it concerns. */
export interface FaultSubject {
  labels: readonly string[];
  ids: readonly string[];
}

export interface FaultState extends FaultSpec {
  seen: number;
  happened: number;
}

/** The faults in force, with their counts. */
export type FaultBook = ReturnType<typeof createFaultBook>;

export function createFaultBook(seed: number, specs: readonly FaultSpec[]) {
  let book = specs.map(fresh);
  const remembered = new Map<string, boolean>();

  /** Draws once; a hit uses up one of a count. */
  const hits = (name: string, subject: FaultSubject): boolean =>
    book.some((fault, index) => applies(fault, name, subject) && draw(fault, seed, index));

  return {
    hits,

    /** Draws for each user id alone: those at fault. */
    hitIds: (name: string, { labels, ids }: FaultSubject): string[] =>
      ids.filter((id) => hits(name, { labels, ids: [id] })),

    /**
     * The same, and remembers the answer, so that the same id is at fault in every later call.
     */
    culprits(name: string, subject: FaultSubject): string[] {
      if (!book.some((fault) => fault.name === name)) return [];
      return subject.ids.filter((id) => {
        const key = `${name} ${id}`;
        const known = remembered.get(key);
        if (known !== undefined) return known;
        const now = hits(name, { labels: subject.labels, ids: [id] });
        remembered.set(key, now);
        return now;
      });
    },

    list: (): readonly FaultState[] => book,

    replace(next: readonly FaultSpec[]) {
      book = next.map(fresh);
      remembered.clear();
    },

    add(spec: FaultSpec) {
      book = [...book, fresh(spec)];
    },

    /** Takes out faults by name, in one scope or (null) in all. */
    remove(names: readonly string[], scope: string | null) {
      book = book.filter(
        (fault) => !(names.includes(fault.name) && (scope === null || fault.scope === scope)),
      );
    },
  };
}

function fresh(spec: FaultSpec): FaultState {
  return { ...spec, seen: 0, happened: 0 };
}

function applies(fault: FaultState, name: string, subject: FaultSubject): boolean {
  return (
    fault.name === name &&
    (fault.scope === null || subject.labels.includes(fault.scope)) &&
    (fault.userId === null || subject.ids.includes(fault.userId))
  );
}

function draw(fault: FaultState, seed: number, index: number): boolean {
  fault.seen += 1;
  const hit =
    fault.count === null
      ? fault.rate === null || chance(seed, 'fault', fault.name, index, fault.seen) < fault.rate
      : fault.happened < fault.count;
  if (hit) fault.happened += 1;
  return hit;
}
