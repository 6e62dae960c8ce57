import packageFacts from '../../package.json' with { type: 'json' };
import type { GlobalFlags } from '../app.ts';
import type { Settings } from '../config/settings.ts';
import type { Host } from '../host/host.ts';
import { type Skew, createProbe, narrower, skewOf } from '../http/probe.ts';
import type { OperationLimiter, Provider, RateLimit } from '../providers/provider.ts';
import type { Asked } from '../report/doctor/provider.ts';
import type { Operation, ProviderName } from '../requests/request.ts';
import { providersOf } from './connect.ts';

/** How long a provider may take over a question, ms. */
const PATIENCE = 10_000;

/** How everything stands, for `gdpr doctor`: each part on its own, none changes anything. */
export type Examination = ReturnType<typeof createExamination>;

/** An examination of what these flags and this host give. */
export function createExamination(flags: GlobalFlags, host: Host) {
  return {
    /** The oldest version of Node that will do, such as `24.15`. */
    oldestNode: packageFacts.engines.node.replace(/^>=/, ''),
    /** How long a provider has for an answer, ms. */
    patience: PATIENCE,
    async configuration() {
      const { examineConfig } = await import('../config/examine.ts');
      return examineConfig(flags, host);
    },
    /** Null: the profile has no such provider. */
    provider: (name: ProviderName, settings: Settings) =>
      probe(name, settings, PATIENCE, { verbose: flags.verbose, host }),
    /** Null: there is no ledger. Throws GdprError `ledger` or `storage`. */
    async ledger({ stateDir }: Settings) {
      const { examineLedger } = await import('../ledger/audit-log/examine.ts');
      return examineLedger(stateDir, host.clock, host.stop);
    },
    /** As `ledger`; `older`: a ledger that its next use brings up to date first. Days `YYYY-MM-DD`. */
    async pressing({ stateDir }: Settings, today: string, soon: string) {
      const { pressing } = await import('../ledger/file/inspect.ts');
      return pressing(stateDir, today, soon);
    },
  };
}

/** What came with the answers so far. */
interface Heard {
  skew: Skew | null;
  limit: RateLimit | null;
}

/** What harmless reads have shown of a provider. */
type Probed = Asked & { skew: Skew | null };

const LIMITED: Readonly<Record<ProviderName, readonly Operation[]>> = {
  stream: ['export_feeds', 'export_users', 'delete_feeds', 'delete_users', 'restore_users'],
  sendbird: [],
};

/**
 * Asks a provider about users that nobody has, then for its limits, and Stream for feed data of
 * theirs. Every question is asked once and given `patience` ms. Null: the profile has no such provider.
 */
async function probe(
  name: ProviderName,
  settings: Settings,
  patience: number,
  { verbose, host }: { verbose: boolean; host: Host },
): Promise<Probed | null> {
  const heard: Heard = { skew: null, limit: null };
  const http = createProbe({
    clock: host.clock,
    ...(verbose ? { verbose: (line: string) => host.stderr.write(`${line}\n`) } : {}),
    observe: ({ headers }, asked, answered) => {
      heard.skew = narrower(heard.skew, skewOf(headers['date'], asked, answered));
    },
  });
  const limiter: OperationLimiter = {
    admit: () => null,
    turnAt: () => null,
    enter: async () => undefined,
    learn: (limit) => {
      heard.limit = limit;
    },
    refused: () => undefined,
    limit: null,
  };
  const rateLimiter = { limiter: () => limiter };
  const provider = providersOf(settings, { http, rateLimiter, clock: host.clock }).get(name);
  if (provider === undefined) return null;
  try {
    const seen = await ask(provider, heard, patience, host);
    return { provider: name, account: provider.account, ...seen, skew: heard.skew };
  } finally {
    await http.close();
  }
}

async function ask(
  provider: Provider,
  heard: Heard,
  patience: number,
  host: Host,
): Promise<Omit<Asked, 'provider' | 'account'>> {
  const nothing = { locked: null, lookup: null, reads: null, limits: new Map(), feeds: null };
  const locked = await provider.unlock();
  if (locked !== null) return { ...nothing, locked };
  // Two of them, so that a list is asked for: an unknown user alone is answered with an error.
  const ids = [host.newId(), host.newId()].map((id) => `gdpr-doctor-${id.toLowerCase()}`);
  const within = <T>(question: (signal: AbortSignal) => Promise<T>): Promise<T | null> =>
    inTime(question, patience, host);
  const lookup = await within((signal) => provider.lookup(ids, signal));
  const reads = heard.limit;
  if (lookup?.kind !== 'found') return { ...nothing, lookup };
  const operations = LIMITED[provider.name];
  const told = await within((signal) => provider.limits(operations, signal));
  const limits = new Map(operations.map((each) => [each, told?.get(each) ?? null]));
  const call = {
    operation: 'delete_feeds',
    subjectIds: ids,
    options: { hard_delete: false },
  } as const;
  const feeds =
    provider.name === 'stream' ? await within((signal) => provider.look(call, signal)) : null;
  return { locked, lookup, reads, limits, feeds };
}

/** What a question came to; null where the answer was not there in time, or the run is to end. */
async function inTime<T>(
  question: (signal: AbortSignal) => Promise<T>,
  patience: number,
  { clock, stop }: Host,
): Promise<T | null> {
  const over = new AbortController();
  const late = new AbortController();
  const cut = AbortSignal.any([late.signal, stop]);
  const limit = async (): Promise<void> => {
    await clock.sleep(patience, over.signal);
    if (!over.signal.aborted) late.abort();
  };
  const watch = limit();
  try {
    const answer = await question(cut);
    return cut.aborted ? null : answer;
  } finally {
    over.abort();
    await watch;
  }
}
