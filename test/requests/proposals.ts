import { type StreamChoice, streamOptions } from '../../src/requests/erase-options.ts';
import type { Presence } from '../../src/requests/outcome.ts';
import type { ExportTarget } from '../../src/requests/plan.ts';
import { type EraseFacts, type EraseWish, planErase } from '../../src/requests/plan-erase.ts';
import { type RestoreWish, planRestore } from '../../src/requests/plan-restore.ts';
import type { Seen } from '../../src/requests/proposal.ts';
import type { ProviderName, Subject } from '../../src/requests/request.ts';
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
const TEMPO = { limits: new Map(), share: 0.8, at: T0 };

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
  facts?: Partial<EraseFacts>;
}

/** An erase of ada, soft, at both providers, whom nobody looked up: unless told otherwise. */
export function erasure({ profile = {}, flags = {}, facts = {}, ...wish }: EraseParts = {}) {
  let ids = 0;
  const mode = wish.mode ?? 'soft';
  return planErase(
    {
      subjects: [subject('ada')],
      targets: [AT_STREAM, AT_SENDBIRD],
      channels: 'do_not_delete',
      exportFirst: false,
      acceptPartial: false,
      intake: INTAKE,
      ...wish,
      mode,
      stream: streamOptions(mode, profile, flags),
    },
    {
      sightings: new Map(),
      owners: new Map(),
      earlier: () => null,
      tempo: TEMPO,
      refusals: [],
      ...facts,
    },
    () => `${(ids += 1)}`,
  );
}

/** A restore of ada at both providers, whom nobody looked up: unless told otherwise. */
export function restoration(wish: Partial<RestoreWish> = {}) {
  let ids = 0;
  return planRestore(
    {
      subjects: [subject('ada')],
      targets: [AT_STREAM, AT_SENDBIRD],
      intake: INTAKE,
      sightings: new Map(),
      erasures: [],
      tempo: TEMPO,
      refusals: [],
      ...wish,
    },
    () => `${(ids += 1)}`,
  );
}
