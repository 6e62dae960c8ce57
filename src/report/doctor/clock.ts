import type { ProviderName } from '../../requests/request.ts';
import { PROVIDER, duration } from '../words.ts';
import { type Check, fault, ok, warning } from './check.ts';

/** How far this clock is ahead, ms; negative: behind. The truth lies between. */
interface Skew {
  least: number;
  most: number;
}

/** Less is what HTTP and the network make of two clocks that agree, ms. */
const NOTICEABLE = 3_000;

/**
 * What a clock that is ahead, or behind, by so much breaks (ms). Stream refuses a token from the
 * future, and ours are dated back by 5 s only; one that is behind takes from the life of tokens (5
 * min). At Sendbird a request in doubt is searched from 2 min before its intent.
 */
const HARMFUL: Readonly<Record<ProviderName, { ahead: number; behind: number }>> = {
  stream: { ahead: NOTICEABLE, behind: 120_000 },
  sendbird: { ahead: 60_000, behind: 120_000 },
};

/** This machine's clock against a provider's; null: no answer told the time. */
export function clockCheck(provider: ProviderName, skew: Skew | null): Check {
  const check = `${provider}.clock`;
  const whose = `${PROVIDER[provider]}'s`;
  if (skew === null) {
    return warning(check, `not compared: no answer told ${whose} time.`);
  }
  const { ahead, behind } = HARMFUL[provider];
  const next = "Set this machine's clock, best by NTP.";
  if (skew.least > NOTICEABLE) {
    const words = `this clock is ${duration(skew.least)} or more ahead of ${whose}`;
    if (skew.least <= ahead) return warning(check, `${words}.`, next);
    const harm = provider === 'stream' ? 'it refuses tokens from the future' : 'searches miss';
    return fault(check, `${words}: ${harm}.`, next);
  }
  if (skew.most < -NOTICEABLE) {
    const words = `this clock is ${duration(-skew.most)} or more behind ${whose}.`;
    return -skew.most > behind ? fault(check, words, next) : warning(check, words, next);
  }
  return ok(check, `this clock agrees with ${whose}`);
}
