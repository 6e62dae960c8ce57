import type { Secret, SecretSource } from '../secret.ts';

/**
 * Resolves a secret at the first `read` and keeps it; readers at the same time share one
 * resolution. A failure is not kept. `renew` forgets, also what is still being resolved.
 */
export function secretSource(resolve: () => Promise<Secret>): SecretSource {
  let kept: Promise<Secret> | null = null;
  return {
    read: () => {
      if (kept !== null) return kept;
      const asked = resolve();
      kept = asked;
      return asked.catch((error: unknown) => {
        if (kept === asked) kept = null;
        throw error;
      });
    },
    renew: () => {
      kept = null;
    },
  };
}
