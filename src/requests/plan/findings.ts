import type { ProviderName } from '../request.ts';
import { type Sample, createSample } from '../sample.ts';
import type { Presence } from '../transitions/answers.ts';
import type { FoundSubject } from './preview.ts';

/** How many were looked up at a provider, how many are visible, and the ids of those who are not. */
interface Place {
  asked: number;
  visible: number;
  absent: Sample<string>;
}

/** Somebody who is visible somewhere: where, and as whom. */
export interface SeenPerson {
  userId: string;
  at: readonly { provider: ProviderName; presence: Presence }[];
}

/** What the look-ups have shown of all subjects, in bounded space. */
export interface Findings {
  /** All that is known of the only subject; of several: empty. */
  only: readonly FoundSubject[];
  places: ReadonlyMap<ProviderName, Place>;
  /** Subjects whose feed data was asked about, and what was seen of it. */
  feeds: { asked: number; visible: number; uncheckable: number };
  /** Those who are visible anywhere. */
  people: Sample<SeenPerson>;
  /** Those whom this ledger has erased before. */
  earlier: Sample<FoundSubject>;
  /** Ids that nobody has seen: absent, or not looked up. */
  unseen: number;
}

/** Adds up what was found, subject by subject: keeps counts and the first of each kind, however many are added. */
export function createFindings() {
  const places = new Map<ProviderName, ReturnType<typeof openPlace>>();
  const feeds = { asked: 0, visible: 0, uncheckable: 0 };
  const people = createSample<SeenPerson>();
  const earlier = createSample<FoundSubject>();
  let unseen = 0;
  let subjects = 0;
  let only: readonly FoundSubject[] = [];

  const addOne = (found: FoundSubject): void => {
    const { provider, presence, subjectId } = found;
    if (presence?.visible !== true) unseen += 1;
    if (presence !== null) {
      const place = places.get(provider) ?? openPlace();
      places.set(provider, place);
      place.asked += 1;
      if (presence.visible) place.visible += 1;
      else place.absent.add(subjectId);
    }
    if (found.feeds !== null) {
      feeds.asked += 1;
      if (found.feeds === 'visible') feeds.visible += 1;
      if (found.feeds === 'not_checkable') feeds.uncheckable += 1;
    }
    if (found.earlier !== null) earlier.add(found);
  };

  return {
    add(ofOne: readonly FoundSubject[]): void {
      subjects += 1;
      only = subjects === 1 ? ofOne : [];
      for (const found of ofOne) addOne(found);
      const person = personOf(ofOne);
      if (person !== null) people.add(person);
    },
    /** So many ids more that nobody has looked up. */
    addUnseen(ids: number): void {
      unseen += ids;
    },
    findings: (): Findings => ({
      only,
      places: new Map(
        [...places].map(([name, each]) => [name, { ...each, absent: each.absent.taken() }]),
      ),
      feeds: { ...feeds },
      people: people.taken(),
      earlier: earlier.taken(),
      unseen,
    }),
  };
}

function openPlace() {
  return { asked: 0, visible: 0, absent: createSample<string>() };
}

function personOf(ofOne: readonly FoundSubject[]): SeenPerson | null {
  const at = ofOne.flatMap(({ provider, presence }) =>
    presence?.visible === true ? [{ provider, presence }] : [],
  );
  const [first] = ofOne;
  return first === undefined || at.length === 0 ? null : { userId: first.userId, at };
}
