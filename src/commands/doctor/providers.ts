import type { App } from '../../app.ts';
import type { Settings } from '../../config/settings.ts';
import type { Check } from '../../report/doctor/check.ts';
import {
  clockCheck,
  limitsCheck,
  productsCheck,
  reachCheck,
} from '../../report/doctor/provider.ts';
import type { ProviderName } from '../../requests/request.ts';
import { attempt } from './print.ts';

type Examination = Awaited<ReturnType<App['examination']>>;

/** Asks the providers of the profile, all at the same time, and says what each has come to. */
export async function* askProviders(
  examination: Examination,
  settings: Settings,
): AsyncGenerator<readonly Check[]> {
  const names = ['stream', 'sendbird'] as const;
  for (const asked of names.map((name) => ask(name, examination, settings))) yield await asked;
}

async function ask(
  name: ProviderName,
  examination: Examination,
  settings: Settings,
): Promise<readonly Check[]> {
  const asked = await attempt(name, () => examination.provider(name, settings));
  if (!asked.done) return [asked.check];
  const probed = asked.value;
  if (probed === null) return [];
  const { stream } = settings;
  return [
    reachCheck(probed, examination.patience),
    clockCheck(name, probed.skew),
    ...(name === 'stream' && stream !== null ? [productsCheck(probed, stream.products)] : []),
    limitsCheck(probed),
  ];
}
