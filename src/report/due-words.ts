import { daysBetween, dueNow } from '../requests/deadline.ts';
import type { Request } from '../requests/request.ts';
import { isSettled } from '../requests/state.ts';
import { count } from './words.ts';

/** How many days before it is due a request is marked. */
export const SOON = 7;

type Due = Pick<Request, 'state' | 'dueOn' | 'extension'>;

/** What is to be said when time runs out; null: it is settled, or there is time. */
export function dueMark(request: Due, today: string): string | null {
  if (isSettled(request.state)) return null;
  const left = daysBetween(today, dueNow(request));
  if (left < 0) return `OVERDUE by ${count(-left, 'day')}`;
  if (left === 0) return 'DUE TODAY';
  return left <= SOON ? `due in ${count(left, 'day')}` : null;
}

/** How old something is, in one unit: `42 s`, `9 min`, `23 h`, `5 days`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return count(Math.floor(seconds / 86_400), 'day');
}
