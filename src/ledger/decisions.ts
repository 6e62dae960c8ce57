import type { Request } from '../requests/request.ts';
import { confirmationHash, type Confirmed } from './confirmations.ts';
import type { ChainedEvent } from './event.ts';
import { extensionHash } from './extend.ts';
import { closingHash } from './settle.ts';

/**
 * Which decision of an operator about a request is not the one that its events say, in words; null:
 * all of them are.
 */
export function decisionDisagreement(
  { confirmedAt, extension, closing }: Request,
  confirmations: readonly Confirmed[],
  events: readonly ChainedEvent[],
): string | null {
  const told = (kind: ChainedEvent['kind']): readonly ChainedEvent[] =>
    events.filter((event) => event.kind === kind);
  const isConfirmedAsTold =
    (told('confirmed').at(-1)?.at ?? null) === confirmedAt &&
    areAsTold(confirmations.map(confirmationHash), told('confirmed'));
  if (!isConfirmedAsTold) return 'its confirmation';
  const extensions = extension === null ? [] : [extensionHash(extension)];
  if (!areAsTold(extensions, told('extended'))) return 'its extension';
  const closings = closing === null ? [] : [closingHash(closing)];
  return areAsTold(closings, told('closed')) ? null : 'its closing';
}

function areAsTold(hashes: readonly string[], told: readonly ChainedEvent[]): boolean {
  return (
    told.length === hashes.length && hashes.every((hash, index) => told[index]?.sha256 === hash)
  );
}
