import type { ApiAnswer, Heard } from '../../http/exchange.ts';
import { readJson } from '../../http/json-answer.ts';
import { isTransientStatus } from '../../http/retry.ts';
import { retryAt } from './rate-limit.ts';
import { ApiError } from './schemas.ts';

/** What an answer of Stream's says about trying again: `unrecoverable` means never. */
export function heard(answer: ApiAnswer, now: number): Heard {
  if (!isTransientStatus(answer.status)) return { transient: false, retryAt: null };
  const body = readJson(answer.text, ApiError);
  const final = body.kind === 'fits' && body.value.unrecoverable === true;
  return { transient: !final, retryAt: retryAt(answer, now) };
}
