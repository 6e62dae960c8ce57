import type { Sample } from '../requests/sample.ts';
import type { Refusal } from '../requests/stream-options.ts';
import { figure } from './words.ts';

/** What a plan says of odd ids: the first of them, then how many more there are. */
export function warningLines({ first, number }: Sample<string>): string[] {
  const more = number - first.length;
  const lines = first.map((warning) => `Note: ${warning}`);
  return more > 0 ? [...lines, `Note: and ${figure(more)} more such ids`] : lines;
}

/** What a dry run says of that which would be refused. */
export function refusalLines({ first, number }: Sample<Refusal>): string[] {
  const more = number - first.length;
  const lines = first.map(
    ({ message, next }) =>
      `Would be refused: ${message.replace(/^Refused: /, '')} ${next.replace(/^Nothing was sent\. /, '')}`,
  );
  return more > 0 ? [...lines, `Would be refused: for ${figure(more)} more reasons`] : lines;
}
