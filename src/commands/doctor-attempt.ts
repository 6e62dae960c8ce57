import { GdprError, reasonOf } from '../errors.ts';
import { type Check, fault, sentence, warning } from '../report/doctor-check.ts';

/** What finding something out came to: what was found, or the check that says why not. */
export type Attempt<T> = { done: true; value: T } | { done: false; check: Check };

/** Finds something out for a check. Whatever is thrown on the way is that check's fault. */
export async function attempt<T>(check: string, find: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { done: true, value: await find() };
  } catch (thrown) {
    if (thrown instanceof GdprError) {
      return { done: false, check: fault(check, thrown.message, thrown.next) };
    }
    const message = sentence(`it could not be checked: ${reasonOf(thrown)}`);
    const next = 'Look at what it names; if nothing is wrong there, report it as a fault of gdpr.';
    return { done: false, check: fault(check, message, next) };
  }
}

/** What cannot be looked at before the configuration is usable. */
export function notChecked(check: string): Check {
  return warning(check, 'not checked: the configuration cannot be used.');
}
