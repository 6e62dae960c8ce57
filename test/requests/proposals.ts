import {
  type EraseFacts,
  type EraseWish,
  eraseTotals,
  planErase,
} from '../../src/requests/plan/erase.ts';
import type { ExportTarget } from '../../src/requests/plan/plan.ts';
import type { PlanPage, Preview, Seen } from '../../src/requests/plan/preview.ts';
import { type RestoreWish, planRestore, restoreTotals } from '../../src/requests/plan/restore.ts';
import type { Known } from '../../src/requests/plan/totals.ts';
import type { ProviderName, Subject } from '../../src/requests/request.ts';
import {
  type Refusal,
  type StreamChoice,
  streamOptions,
} from '../../src/requests/stream-options.ts';
import type { Presence } from '../../src/requests/transitions/answers.ts';
import { SENDBIRD, STREAM, T0 } from './make.ts';

export const AT_STREAM: ExportTarget = {
  provider: 'stream',
  account: STREAM,
  operations: ['export_feeds', 'export_users'],
};
export const AT_SENDBIRD: ExportTarget = {
  provider: 'sendbird',
  account: SENDBIRD,
  operations: ['access'],
};
export const INTAKE = {
  reference: 'ZD-1042',
  profile: 'production',
  operator: 'jane',
  receivedOn: '2026-11-20',
  dueOn: '2026-12-21',
  outDir: null,
};
export const TEMPO = { limits: new Map(), share: 0.8, at: T0 };

export function subject(id: string, more: Partial<Subject> = {}): Subject {
  return { userId: id, streamId: id, sendbirdId: id, ...more };
}

export function presence(more: Partial<Presence> = {}): Presence {
  return {
    visible: true,
    name: 'Ada L.',
    createdAt: Date.UTC(2024, 2, 3),
    lastSeenAt: T0 - 86_400_000,
    deactivated: false,
    ...more,
  };
}

export function seen(more: Partial<Seen> & { ids?: Record<string, Presence> } = {}): Seen {
  const { ids = { ada: presence() }, feeds = null } = more;
  return { presence: new Map(Object.entries(ids)), feeds };
}

export function sightings(stream: Seen, sendbird: Seen = seen()): ReadonlyMap<ProviderName, Seen> {
  return new Map([
    ['stream', stream],
    ['sendbird', sendbird],
  ]);
}

export interface EraseParts extends Partial<Omit<EraseWish, 'stream'>> {
  profile?: StreamChoice;
  flags?: StreamChoice;
  facts?: Partial<EraseFacts & Known> & { refusals?: readonly Refusal[] };
}

/** A page, and the proposal that it makes alone. */
export interface Whole {
  page: PlanPage;
  preview: Preview;
}

/** What an erase of ada, soft, at both providers wishes: unless told otherwise. */
export function eraseWish(parts: EraseParts = {}): EraseWish {
  const { profile = {}, flags = {}, facts: _facts, ...wish } = parts;
  const mode = wish.mode ?? 'soft';
  return {
    subjects: [subject('ada')],
    targets: [AT_STREAM, AT_SENDBIRD],
    channels: 'do_not_delete',
    exportFirst: false,
    acceptPartial: false,
    details: INTAKE,
    ...wish,
    mode,
    stream: streamOptions(mode, profile, flags),
  };
}

/** Ids of requests: 1, 2, 3. */
export function counting(): () => string {
  let ids = 0;
  return () => `${(ids += 1)}`;
}

/** An erase of ada, soft, at both providers, whom nobody looked up: unless told otherwise. */
export function erasure(parts: EraseParts = {}): Whole {
  const { facts = {} } = parts;
  const { owners = new Map(), tempo = TEMPO, refusals = [] } = facts;
  const wish = eraseWish(parts);
  const page = planErase(wish, { sightings: new Map(), earlier: () => null, ...facts }, counting());
  const totals = eraseTotals(wish);
  totals.add(page);
  totals.refuse(refusals);
  return { page, preview: totals.preview({ owners, tempo }) };
}

/** A restore of ada at both providers, whom nobody looked up: unless told otherwise. */
export function restoration(parts: Partial<RestoreWish> = {}): Whole {
  const wish = {
    subjects: [subject('ada')],
    targets: [AT_STREAM, AT_SENDBIRD],
    details: INTAKE,
    sightings: new Map(),
    erasures: [],
    ...parts,
  };
  const page = planRestore(wish, counting());
  const totals = restoreTotals(wish.targets, wish.details.profile);
  totals.add(page);
  return { page, preview: totals.preview({ owners: new Map(), tempo: TEMPO }) };
}
