import * as z from 'zod';
import type { ProviderName, Subject } from '../request.ts';
import type { Presence } from '../transitions/answers.ts';
import { idAt } from './plan.ts';
import type { Seen, Sightings } from './preview.ts';

/** What the look-up of a subject has shown, as it is kept until it is planned for good: by provider. */
const Note = z.partialRecord(
  z.enum(['stream', 'sendbird']),
  z.object({
    visible: z.boolean(),
    /** Null: nobody looked. */
    feeds: z.union([z.boolean(), z.literal('not_checkable')]).nullable(),
  }),
);

/** What a page of look-ups says of one subject, as text. */
export function noteOf(subject: Subject, sightings: Sightings): string {
  const note: z.infer<typeof Note> = {};
  for (const [provider, { presence, feeds }] of sightings) {
    const id = idAt(subject, provider);
    if (id === null) continue;
    const seen = feeds === null || feeds === 'not_checkable' ? feeds : feeds.has(id);
    note[provider] = { visible: presence.get(id)?.visible === true, feeds: seen };
  }
  return JSON.stringify(note);
}

/** The same for a page of subjects, as planning needs it: who is visible, and no more than that. */
export function sightingsOf(
  noted: readonly { subject: Subject; facts: string | null }[],
): Sightings {
  const sightings = new Map<ProviderName, Open>();
  for (const { subject, facts } of noted) {
    if (facts === null) continue;
    for (const [name, fact] of Object.entries(Note.parse(JSON.parse(facts)))) {
      const provider = name === 'stream' ? 'stream' : 'sendbird';
      const id = idAt(subject, provider);
      if (id === null) continue;
      const open = sightings.get(provider) ?? { presence: new Map(), feeds: null };
      sightings.set(provider, open);
      open.presence.set(id, { ...UNSEEN, visible: fact.visible });
      if (fact.feeds === 'not_checkable') open.feeds = 'not_checkable';
      else if (fact.feeds !== null && open.feeds !== 'not_checkable') {
        open.feeds ??= new Set();
        if (fact.feeds) open.feeds.add(id);
      }
    }
  }
  return sightings;
}

interface Open extends Seen {
  presence: Map<string, Presence>;
  feeds: Set<string> | 'not_checkable' | null;
}

const UNSEEN: Presence = {
  visible: false,
  name: null,
  createdAt: null,
  lastSeenAt: null,
  deactivated: false,
};
