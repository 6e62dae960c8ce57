import type { App } from '../app.ts';
import { missedText } from '../report/missed-text.ts';
import type { Request } from '../requests/request.ts';
import { isSettled } from '../requests/state.ts';
import { refresh } from '../runner/refresh.ts';
import { readVerified } from './verified.ts';

/** How the providers are asked: as `app.providers` takes it. */
interface Tempo {
  pollInterval: number;
  rateShare: number | null;
}

/**
 * Asks the providers how far what runs of these requests is. Answers with one sentence for each
 * provider that could not be asked.
 */
export async function refreshed(
  page: readonly Request[],
  tempo: Tempo,
  app: App,
): Promise<readonly string[]> {
  const { host } = app;
  const ledger = await app.ledger();
  const ids = page.filter(isRunning).map(({ id }) => id);
  if (ids.length === 0) return [];
  const { stream, sendbird } = await app.settings();
  if (stream === null && sendbird === null) return [UNCONFIGURED];
  // A request whose record is broken is not asked about, and nothing is recorded for it.
  const { requests } = await readVerified(ids, ledger);
  const sound = requests.map(({ id }) => id);
  const misses = await refresh(sound, {
    ledger,
    providers: await app.providers(tempo),
    clock: host.clock,
    random: () => host.random(),
    pollInterval: tempo.pollInterval,
    holder: { token: host.newId(), process: host.process },
    stop: host.stop,
  });
  return misses.map(missedText);
}

const UNCONFIGURED =
  'No provider is configured, so none was asked (as with --offline): shown as last recorded.';

function isRunning({ state, steps }: Request): boolean {
  return !isSettled(state) && steps.some((step) => step.state === 'accepted');
}
