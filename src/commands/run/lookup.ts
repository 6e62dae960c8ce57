import type { App } from '../../app.ts';
import { GdprError } from '../../errors.ts';
import type { PastErasure } from '../../ledger/ledger.ts';
import type { Provider } from '../../providers/provider.ts';
import { type ExportTarget, idAt } from '../../requests/plan/plan.ts';
import type { Seen } from '../../requests/plan/preview.ts';
import type { ProviderName, Subject } from '../../requests/request.ts';
import type { Presence, Unreachable } from '../../requests/transitions/answers.ts';

/** Where to look, and for whom besides the subjects. */
export interface SubjectSearch {
  targets: readonly ExportTarget[];
  providers: ReadonlyMap<ProviderName, Provider>;
  /** Ids at Stream that are to own what is left. */
  owners: readonly string[];
  /** The options of `delete_feeds`; null: no feed data is deleted. */
  feeds: Readonly<Record<string, unknown>> | null;
}

/**
 * Looks up every subject at its providers, all providers at the same time; null when a signal came
 * in between. Refused credentials are resolved anew once. Throws GdprError `credentials` or
 * `unavailable`: nothing was sent then.
 */
export async function lookUpAll(search: SubjectSearch, subjects: readonly Subject[], app: App) {
  const signal = app.host.stop;
  const looks = await Promise.all(
    search.targets.flatMap(({ provider: name }) => {
      const provider = search.providers.get(name);
      return provider === undefined ? [] : [lookAt(provider, search, subjects, signal)];
    }),
  );
  if (signal.aborted) return null;
  const sightings = new Map<ProviderName, Seen>();
  for (const look of looks) {
    if (look.kind !== 'seen') throw unreachable(look);
    sightings.set(look.provider, look);
  }
  const found = sightings.get('stream')?.presence;
  const owners = found === undefined ? [] : search.owners;
  return { sightings, owners: new Map(owners.map((id) => [id, found?.get(id) ?? NOBODY])) };
}

const NOBODY: Presence = {
  visible: false,
  name: null,
  createdAt: null,
  lastSeenAt: null,
  deactivated: false,
};

type Look = (Seen & { kind: 'seen'; provider: ProviderName }) | Unreachable;

/** Refused credentials are resolved anew, once. */
async function lookAt(provider: Provider, ...asked: Asked): Promise<Look> {
  const first = await lookOnce(provider, ...asked);
  if (first.kind !== 'credentials' || asked[2].aborted) return first;
  provider.renewCredentials();
  return lookOnce(provider, ...asked);
}

type Asked = [search: SubjectSearch, subjects: readonly Subject[], signal: AbortSignal];

async function lookOnce(provider: Provider, ...[search, subjects, signal]: Asked): Promise<Look> {
  const { name } = provider;
  const isStream = name === 'stream';
  const locked = await provider.unlock();
  if (locked !== null) return { kind: 'credentials', error: locked };
  const ids = subjects.flatMap((subject) => idAt(subject, name) ?? []);
  const seen = { kind: 'seen', provider: name, presence: new Map(), feeds: null } as const;
  if (ids.length === 0) return seen;
  const lookup = await provider.lookup(isStream ? [...ids, ...search.owners] : ids, signal);
  if (lookup.kind !== 'found') return lookup;
  const { presence } = lookup;
  if (!isStream || search.feeds === null) return { ...seen, presence };
  const feeds = await provider.look(
    { operation: 'delete_feeds', subjectIds: ids, options: search.feeds },
    signal,
  );
  if (feeds.kind === 'looked') return { ...seen, presence, feeds: feeds.visible };
  return feeds.kind === 'not_checkable' ? { ...seen, presence, feeds: 'not_checkable' } : feeds;
}

function unreachable({ kind, error }: Unreachable): GdprError {
  const fault = kind === 'credentials' ? kind : 'unavailable';
  const what = kind === 'credentials' ? 'Set it right' : 'It may be better in a while';
  const message = `Stopped while looking up whom it is about: ${error.message.replace(/\.$/, '')}.`;
  return new GdprError(fault, message, {
    next: `Nothing was sent or recorded. ${what}, then run the same command again.`,
  });
}

/** The deletions of the subjects that this ledger has on record, by account, oldest first. */
export async function pastErasures(
  subjects: readonly Subject[],
  targets: readonly ExportTarget[],
  app: App,
): Promise<ReadonlyMap<string, readonly PastErasure[]>> {
  const erasures = new Map<string, readonly PastErasure[]>();
  const ledger = await app.ledgerIfAny();
  if (ledger === null) return erasures;
  for (const { provider, account } of targets) {
    const ids = subjects.flatMap((subject) => idAt(subject, provider) ?? []);
    erasures.set(account, await ledger.erasures(account, ids));
  }
  return erasures;
}
