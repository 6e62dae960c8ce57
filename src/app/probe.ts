import packageFacts from '../../package.json' with { type: 'json' };
import type { Settings } from '../config/settings.ts';
import type { Host } from '../host/host.ts';
import { type Skew, narrower, skewOf } from '../http/clock-skew.ts';
import { createProbe } from '../http/probe.ts';
import type { ProviderDeps } from '../providers/deps.ts';
import type { OperationLimiter, Provider, RateLimit } from '../providers/provider.ts';
import { createSendbird } from '../providers/sendbird/adapter.ts';
import { createStream } from '../providers/stream/adapter.ts';
import { operationsOf } from '../requests/operations.ts';
import type { Operation, ProviderName, StepError } from '../requests/request.ts';
import type { Lookup, Sighting } from '../requests/transitions/answers.ts';

/** What came with the answers so far. */
interface Heard {
  skew: Skew | null;
  limit: RateLimit | null;
}

/** What harmless reads have shown of a provider. */
export interface Probed {
  provider: ProviderName;
  account: string;
  /** Why the secret cannot be had; nothing was sent then. */
  locked: StepError | null;
  /** The answer about users who are not there; null: none came in time, or nobody was asked. */
  lookup: Lookup | null;
  skew: Skew | null;
  /** The limit on look-ups, as its headers tell. */
  reads: RateLimit | null;
  /** Null: not told. */
  limits: ReadonlyMap<Operation, RateLimit | null>;
  /** Whether Stream answers about feed data; null: not asked, or no answer in time. */
  feeds: Sighting | null;
}

/**
 * Asks a provider about users that nobody has, then for its limits, and Stream for feed data of
 * theirs. Every question is asked once and given `patience` ms. Null: the profile has no such provider.
 */
export async function probe(
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
  const agent = `${packageFacts.name}-${packageFacts.version}`;
  const provider = providerOf(name, settings, {
    http,
    rateLimiter: { limiter: () => limiter },
    clock: host.clock,
    agent,
    start: settings.rate.start[name],
  });
  if (provider === null) return null;
  try {
    const seen = await ask(provider, heard, patience, host);
    return { provider: name, account: provider.account, ...seen, skew: heard.skew };
  } finally {
    await http.close();
  }
}

function providerOf(name: ProviderName, settings: Settings, deps: ProviderDeps): Provider | null {
  const { stream, sendbird } = settings;
  if (name === 'stream') return stream === null ? null : createStream(stream, deps);
  return sendbird === null ? null : createSendbird(sendbird, deps);
}

async function ask(
  provider: Provider,
  heard: Heard,
  patience: number,
  host: Host,
): Promise<Omit<Probed, 'provider' | 'account' | 'skew'>> {
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
  // Sendbird has no call that tells.
  const operations = provider.name === 'stream' ? operationsOf({ provider: 'stream' }) : [];
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
