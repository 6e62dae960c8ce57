import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Aborts at the first SIGINT, SIGTERM or SIGHUP with the exit code for it as the reason (128 and
 * the signal's number, as shells count). At the second, `exit` is called at once.
 */
export function stopSignal(exit: (code: number) => never): AbortSignal {
  const stop = new AbortController();
  for (const signal of SIGNALS) {
    const code = 128 + constants.signals[signal];
    process.on(signal, () => {
      if (stop.signal.aborted) exit(code);
      stop.abort(code);
    });
  }
  return stop.signal;
}
