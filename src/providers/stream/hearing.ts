import type { ApiAnswer, Heard } from '../../http/exchange.ts';
import { readJson } from '../../http/json-answer.ts';
import { isTransientStatus } from '../../http/retry.ts';
import { retryAt } from './rate-limit.ts';
import { ApiError } from './schemas.ts';

const QUIET: Heard = { transient: false, limited: false, retryAt: null };

/** What an answer of Stream's says about trying again: `unrecoverable` means never. */
export function heard(answer: ApiAnswer, now: number): Heard {
  if (!isTransientStatus(answer.status)) return QUIET;
  const body = readJson(answer.text, ApiError);
  const final = body.kind === 'fits' && body.value.unrecoverable === true;
  return { transient: !final, limited: answer.status === 429, retryAt: retryAt(answer, now) };
}
