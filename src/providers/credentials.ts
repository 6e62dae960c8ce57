import { GdprError } from '../errors.ts';
import type { Redactor } from '../http/redaction.ts';
import type { StepError } from '../requests/request.ts';
import type { Secret, SecretSource } from '../secret.ts';
import { undelivered } from './undelivered.ts';

/** The secret of a provider, or in words why it cannot be had. */
export async function readSecret(source: SecretSource): Promise<Secret | string> {
  try {
    const secret = await source.read();
    return secret.reveal() === '' ? 'it is empty' : secret;
  } catch (thrown) {
    return thrown instanceof GdprError ? thrown.message : 'it could not be read';
  }
}

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
