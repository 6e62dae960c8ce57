import { GdprError } from '../errors.ts';
import type { Secret, SecretSource } from '../secret.ts';

/** The secret of a provider, or in words why it cannot be had. */
export async function readSecret(source: SecretSource): Promise<Secret | string> {
  try {
    const secret = await source.read();
    return secret.reveal() === '' ? 'it is empty' : secret;
  } catch (thrown) {
    return thrown instanceof GdprError ? thrown.message : 'it could not be read';
  }
}
