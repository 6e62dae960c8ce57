import type { Sighting } from '../../requests/outcome.ts';
import { notOurs } from '../not-ours.ts';
import { visibleIn } from '../presence.ts';
import type { Outgoing } from '../provider.ts';
import type { SendbirdDeps } from './deps.ts';
import { lookUp } from './lookup.ts';

/** Looks for the accounts that a call deletes; of what they wrote there is nothing to ask about. */
export async function look(
  { operation, subjectIds }: Outgoing,
  deps: SendbirdDeps,
  signal: AbortSignal,
): Promise<Sighting> {
  if (operation !== 'delete') throw notOurs(`Sendbird cannot be looked at for ${operation}`);
  const found = await lookUp(subjectIds, deps, signal);
  return found.kind === 'found' ? { kind: 'looked', visible: visibleIn(found.presence) } : found;
}
