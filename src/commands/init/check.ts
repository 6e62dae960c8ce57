import type { App } from '../../app.ts';
import { GdprError } from '../../errors.ts';
import type { Provider } from '../../providers/provider.ts';
import { wrap } from '../../report/text.ts';
import { PROVIDER, list } from '../../report/words.ts';
import type { ProviderName } from '../../requests/request.ts';
import type { Unreachable } from '../../requests/transitions/answers.ts';
import type { Named } from './interview.ts';

/** What a provider answered to a harmless question. */
export interface Checked {
  provider: ProviderName;
  account: string;
  /** Null: it took the credentials. */
  trouble: Unreachable | null;
}

/** Looks up somebody who surely is not there, at every provider of the draft. Changes nothing. */
export async function checkLive(
  { name, draft }: Named,
  setup: Awaited<ReturnType<App['setup']>>,
  { host }: App,
): Promise<readonly Checked[]> {
  const connected = setup.connect(name, draft);
  try {
    const nobody = `gdpr-init-${host.newId()}`;
    return await Promise.all(
      [...connected.providers.values()].map(async (provider) => ({
        provider: provider.name,
        account: provider.account,
        trouble: await troubleWith(provider, nobody, host.stop),
      })),
    );
  } finally {
    await connected.close();
  }
}

async function troubleWith(
  provider: Provider,
  nobody: string,
  stop: AbortSignal,
): Promise<Unreachable | null> {
  const locked = await provider.unlock();
  if (locked !== null) return { kind: 'credentials', error: locked };
  const found = await provider.lookup([nobody], stop);
  return found.kind === 'found' ? null : found;
}

/** What a provider answered, in lines of 80 columns. */
export function checkedText({ provider, account, trouble }: Checked): string {
  const said =
    trouble === null
      ? `ok, it took the credentials of ${account}`
      : `FAULT: ${trouble.error.message}`;
  return wrap(said, 12, `  ${PROVIDER[provider]}`).join('\n');
}

/** What a check that went wrong ends with, if the profile is not written. Null: nothing did. */
export function checkFault(checked: readonly Checked[]): GdprError | null {
  const failed = checked.flatMap((each) => (each.trouble === null ? [] : [each]));
  if (failed.length === 0) return null;
  const denied = failed.some(({ trouble }) => trouble?.kind === 'credentials');
  const which = list(failed.map(({ provider }) => PROVIDER[provider]));
  const reasons = failed.map(({ trouble }) => trouble?.error.message ?? '');
  return new GdprError(
    denied ? 'credentials' : 'unavailable',
    `The check of ${which} failed: ${reasons.join(' ')}`,
    {
      next: 'Nothing was written. Mend what it says and run the same command again, or write it unchecked: --no-check',
    },
  );
}
