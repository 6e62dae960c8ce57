import packageFacts from '../../package.json' with { type: 'json' };
import { providerLack } from '../config/accounts.ts';
import type { Settings } from '../config/settings.ts';
import type { Host } from '../host/host.ts';
import { createHttp } from '../http/http.ts';
import type { ProviderDeps } from '../providers/connection.ts';
import type { Provider } from '../providers/provider.ts';
import { createSendbird } from '../providers/sendbird/adapter.ts';
import { createStream } from '../providers/stream/adapter.ts';
import type { ProviderName } from '../requests/request.ts';
import { createRateLimiter } from '../worker/rate-limiter.ts';

/** The first interval between checks that all other pauses are measured by, ms. */
const DEFAULT_INTERVAL = 2_000;

/** How fast, and how much of the providers' limits, a run asks. */
export interface Pace {
  /** ms. */
  pollInterval: number;
  /** Above 0 and at most 1; null: what the profile says. */
  rateShare: number | null;
}

/** The providers of a profile, and the connections that they share. */
export interface Connected {
  providers: ReadonlyMap<ProviderName, Provider>;
  close(): Promise<void>;
}

/**
 * The providers that a profile configures, each behind its adapter. Asks nobody yet. Throws
 * GdprError `config` when there is none.
 */
export function connect(
  settings: Pick<Settings, 'stream' | 'sendbird' | 'source' | 'rate'>,
  tempo: Pace,
  verbose: boolean,
  host: Host,
): Connected {
  const lack = providerLack(settings);
  if (lack !== null) throw lack;
  const { clock } = host;
  const http = createHttp({
    clock,
    random: () => host.random(),
    scale: tempo.pollInterval / DEFAULT_INTERVAL,
    ...(verbose ? { verbose: (line: string) => host.stderr.write(`${line}\n`) } : {}),
  });
  const rateLimiter = createRateLimiter(clock, tempo.rateShare ?? settings.rate.share);
  return {
    providers: providersOf(settings, { http, clock, rateLimiter }),
    close: () => http.close(),
  };
}

/** Those that are configured, by name. */
export function providersOf(
  { stream, sendbird, rate }: Pick<Settings, 'stream' | 'sendbird' | 'rate'>,
  given: Omit<ProviderDeps, 'agent' | 'start'>,
): ReadonlyMap<ProviderName, Provider> {
  const deps = { ...given, agent: `${packageFacts.name}-${packageFacts.version}` };
  const { start } = rate;
  const providers: Provider[] = [];
  if (stream !== null) providers.push(createStream(stream, { ...deps, start: start.stream }));
  if (sendbird !== null)
    providers.push(createSendbird(sendbird, { ...deps, start: start.sendbird }));
  return new Map(providers.map((provider) => [provider.name, provider]));
}
