/** What one check has come to. `next`: what to do about it; null: nothing, or the message says it. */
export interface Check {
  /** Its name, the same in every version. */
  check: string;
  state: 'ok' | 'warning' | 'fault';
  message: string;
  next: string | null;
}

export function ok(check: string, message: string): Check {
  return { check, state: 'ok', message, next: null };
}

export function warning(check: string, message: string, next: string | null = null): Check {
  return { check, state: 'warning', message, next };
}

export function fault(check: string, message: string, next: string): Check {
  return { check, state: 'fault', message, next };
}

/** Words of somebody else's as a sentence, with one full stop at its end. */
export function sentence(words: string): string {
  return `${words.replace(/[.\s]+$/, '')}.`;
}
