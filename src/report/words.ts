import type { Operation, ProviderName, RequestState, StepState } from '../requests/request.ts';

/** The one place for how things are called in front of people. */

export const PROVIDER: Readonly<Record<ProviderName, string>> = {
  stream: 'Stream',
  sendbird: 'Sendbird',
};

export const OPERATION: Readonly<Record<Operation, string>> = {
  export_feeds: 'feeds',
  export_users: 'users',
  delete_feeds: 'feed data',
  delete_users: 'account',
  restore_users: 'account',
  access: 'access',
  delete: 'account',
};

export const MARK: Readonly<Record<StepState, string>> = {
  planned: '·',
  intended: '·',
  accepted: '…',
  reported: '…',
  succeeded: '✓',
  failed: '✗',
  not_found: '–',
  no_data: '✗',
  unsupported: '–',
  already_active: '–',
  not_sent: '✗',
  cancelled: '–',
  in_doubt: '?',
};

const STEP: Readonly<Record<StepState, string>> = {
  planned: 'not sent yet',
  intended: 'being sent',
  accepted: 'running',
  reported: 'ready, not fetched yet',
  succeeded: 'done',
  failed: 'failed',
  not_found: 'not found',
  no_data: 'no data',
  unsupported: 'not possible here',
  already_active: 'already active',
  not_sent: 'not sent',
  cancelled: 'cancelled',
  in_doubt: 'in doubt',
};

/** A step's state in words. One that was tried may have reached the provider: not "not sent". */
export function stepWord({ state, attempts }: { state: StepState; attempts: number }): string {
  return state === 'planned' && attempts > 0 ? 'tried, not accepted yet' : STEP[state];
}

export const REQUEST: Readonly<Record<RequestState, string>> = {
  open: 'open',
  completed: 'completed',
  partial: 'partial',
  failed: 'failed',
  not_found: 'not found',
  in_doubt: 'in doubt',
  cancelled: 'cancelled',
  closed: 'closed',
};

/** A number of bytes for people: `812 KB`, `1.2 MB`. */
export function size(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 99.5 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** A duration (ms) for people: `0.4 s`, `42 s`, `3 min`, `2 h 5 min`, `3 days`. */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 119.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.round(hours / 24)} days`;
}

/** `1 record`, `1,204 records`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
}

/** Words joined as people do: `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
