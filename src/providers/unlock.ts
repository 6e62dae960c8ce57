import type { Redactor } from '../http/redaction.ts';
import type { StepError } from '../requests/request.ts';
import type { SecretSource } from '../secret.ts';
import { readSecret } from './read-secret.ts';
import { undelivered } from './undelivered.ts';

/** Resolves a provider's secret; null once it is there, else why it cannot be had. */
export async function unlock(
  source: SecretSource,
  names: { provider: string; secret: string },
  redactor: Redactor,
): Promise<StepError | null> {
  const secret = await readSecret(source);
  if (typeof secret !== 'string') return null;
  return undelivered({ kind: 'no_secret', reason: secret }, names, redactor).error;
}
