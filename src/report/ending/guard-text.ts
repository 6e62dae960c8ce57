import type { Receipt } from '../../requests/receipt.ts';
import type { Sample } from '../../requests/sample.ts';
import { subjectName } from '../receipt/receipt-text.ts';
import { figure } from '../words.ts';
import type { Commands } from './advice.ts';

/** So many are named. */
const NAMED = 5;

/** Whose deletion did not leave, because the profile protects them. */
export function guardMessage({ first, number }: Sample<Receipt>): string {
  const named = first.slice(0, NAMED);
  const names = named.map(({ subject }) => subjectName(subject.user_id)).join(', ');
  const more = number > named.length ? ` and ${figure(number - named.length)} more` : '';
  return `Refused: protected by erase.protected in the profile ${first[0]?.profile}: ${names}${more}.`;
}

/** What is safe, and what can be done about it. */
export function guardAdvice({ first }: Sample<Receipt>, commands: Commands): string {
  const unsent = first.filter(({ state }) => state !== 'in_doubt').map((each) => each.request_id);
  const then = unsent.length === 0 ? '' : `, and then ${commands.resume(unsent, '--failed')}`;
  const byHand = commands.of(`close ${first[0]?.request_id} --reason <text>`);
  return `Their deletion was not sent; the rest was carried on. Only a change of the profile allows it${then}; to settle it by hand: ${byHand}`;
}
