/** A call that waits at a gate. */
export interface HeldCall {
  id: number;
  fault: string;
  operation: string;
  labels: readonly string[];
  ids: readonly string[];
  taskId: string | null;
}

export type Gates = ReturnType<typeof createGates>;

/** Gates that tests open: no time is involved. */
export function createGates() {
  const waiting = new Map<HeldCall, () => void>();
  let watchers: { scope: string | null; count: number; tell(held: HeldCall[]): void }[] = [];
  let next = 1;

  const inScope = (scope: string | null) =>
    [...waiting.keys()].filter((call) => scope === null || call.labels.includes(scope));

  const tellWatchers = () => {
    watchers = watchers.filter((watcher) => {
      const held = inScope(watcher.scope);
      if (held.length < watcher.count) return true;
      watcher.tell(held);
      return false;
    });
  };

  return {
    /** Waits until the gate is opened or the caller goes away. */
    wait: (call: Omit<HeldCall, 'id'>, gone: AbortSignal) =>
      new Promise<'opened' | 'gone'>((resolve) => {
        const entry: HeldCall = { id: next, ...call };
        next += 1;
        const leave = (how: 'opened' | 'gone') => {
          waiting.delete(entry);
          resolve(how);
        };
        if (gone.aborted) {
          resolve('gone');
          return;
        }
        gone.addEventListener('abort', () => leave('gone'), { once: true });
        waiting.set(entry, () => leave('opened'));
        tellWatchers();
      }),
    held: () => inScope(null),
    /** Lets go what waits now, in one scope or (null) all. Returns how many. */
    release(scope: string | null): number {
      const calls = inScope(scope);
      for (const call of calls) waiting.get(call)?.();
      return calls.length;
    },
    /** Resolves once `count` calls (of this scope, null = any) wait at the same time. */
    arrived: (scope: string | null, count: number) =>
      new Promise<HeldCall[]>((resolve) => {
        watchers.push({ scope, count, tell: resolve });
        tellWatchers();
      }),
  };
}
