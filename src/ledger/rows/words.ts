import type { Confirmation } from '../../requests/confirmation.ts';
import type {
  Action,
  Artifact,
  CallState,
  Finding,
  ProviderName,
  Request,
  Sight,
} from '../../requests/request.ts';
import type { LedgerEvent } from '../audit-log/event.ts';

/** The closed lists of words that columns hold, each complete by its type. */
export const PROVIDERS = words<ProviderName>({ stream: 1, sendbird: 1 });
export const ACTIONS = words<Action>({ export: 1, erase: 1, restore: 1 });
export const MODES = words<NonNullable<Request['mode']>>({ soft: 1, pruning: 1, hard: 1 });
export const CALL_STATES = words<CallState>({
  intended: 1,
  accepted: 1,
  refused: 1,
  in_doubt: 1,
  replaced: 1,
});
export const FORMATS = words<Artifact['format']>({ json: 1, jsonl: 1, zip: 1 });
export const EVENT_KINDS = words<LedgerEvent['kind']>({
  intake: 1,
  request: 1,
  step: 1,
  artifact: 1,
  confirmed: 1,
  check: 1,
  extended: 1,
  closed: 1,
});
export const SIGHTS = words<Sight>({ visible: 1, not_visible: 1 });
export const FINDINGS = words<Finding>({
  visible: 1,
  not_visible: 1,
  still_visible: 1,
  not_checkable: 1,
});
export const WAYS_TO_CONFIRM = words<Confirmation['how']>({
  typed: 1,
  answered: 1,
  flag: 1,
  nothing_to_send: 1,
});

function words<T extends string>(all: Record<T, 1>): readonly T[] {
  const isWord = (name: string): name is T => name in all;
  return Object.keys(all).filter(isWord);
}
