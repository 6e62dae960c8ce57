import type { ProviderName, Step } from '../requests/request.ts';

/**
 * The calls whose tasks run at the providers, as far as this run has seen them: counting them in
 * the ledger for every call that is to leave would cost more than the call.
 */
export interface RunningTasks {
  /** How a step stands now. */
  note(step: Pick<Step, 'provider' | 'callId' | 'state'>): void;
  /** What has become somebody else's does not count. */
  forget(step: Pick<Step, 'provider' | 'callId'>): void;
  /** How many tasks run at a provider. */
  at(provider: ProviderName): number;
  clear(): void;
}

/** Nothing runs, as far as is known. */
export function createRunningTasks(): RunningTasks {
  const calls: Record<ProviderName, Set<string>> = { stream: new Set(), sendbird: new Set() };
  return {
    note({ provider, callId, state }) {
      if (callId === null) return;
      if (state === 'accepted') calls[provider].add(callId);
      else calls[provider].delete(callId);
    },
    forget({ provider, callId }) {
      if (callId !== null) calls[provider].delete(callId);
    },
    at: (provider) => calls[provider].size,
    clear() {
      calls.stream.clear();
      calls.sendbird.clear();
    },
  };
}
