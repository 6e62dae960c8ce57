import type { Settings } from '../../config/settings.ts';
import { GdprError } from '../../errors.ts';
import type { Provider } from '../../providers/provider.ts';
import type { ExportTarget } from '../../requests/plan/plan.ts';
import type { Operation, ProviderName } from '../../requests/request.ts';

/**
 * The providers that a run is about, each with what an export asks of it: all that the profile
 * configures, or those `wanted`. Throws GdprError `config` for one that it does not configure.
 */
export function targetsOf(
  { stream, profile }: Settings,
  providers: ReadonlyMap<ProviderName, Provider>,
  wanted: readonly ProviderName[],
): ExportTarget[] {
  const missing = wanted.find((name) => !providers.has(name));
  if (missing !== undefined) {
    throw new GdprError('config', `The profile ${profile} does not configure ${missing}.`, {
      next: 'Nothing was sent. Configure it, or leave --provider out.',
    });
  }
  const products = stream?.products ?? [];
  const ofStream: Operation[] = [
    ...(products.includes('feeds') ? (['export_feeds'] as const) : []),
    ...(products.some((each) => each !== 'feeds') ? (['export_users'] as const) : []),
  ];
  return [...providers.values()]
    .filter(({ name }) => wanted.length === 0 || wanted.includes(name))
    .map(({ name, account }) => ({
      provider: name,
      account,
      operations: name === 'stream' ? ofStream : ['access'],
    }));
}
