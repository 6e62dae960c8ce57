import type { SQLInputValue } from 'node:sqlite';
import { CONFIRMED_FOR, lacksConfirmation } from '../requests/confirmation.ts';
import { ONCE_MORE_WITHIN } from '../requests/deletion-sent.ts';
import { STEP_STATES, type Operation, type StepState } from '../requests/request.ts';
import { canonicalJson } from './canonical.ts';
import type { DueQuery, Group } from './ledger.ts';
import { OPERATIONS } from './words.ts';

/** Conditions on `steps` that one index answers up to its last column, the instant. */
interface Seek {
  where: string;
  values: readonly SQLInputValue[];
}

/**
 * One seek for each account, state and operation: a provider that pauses costs nothing, however much
 * waits there.
 */
export function seeksOf(token: string, query: DueQuery): readonly Seek[] {
  const states = [...new Set(query.states ?? STEP_STATES)];
  const operations = operationsOf(query);
  return [...new Set(query.accounts)].flatMap((account) =>
    states.flatMap((state) =>
      operations.map((operation): Seek => {
        const parts = [
          own(token, account, state, operation),
          ...(query.group === undefined ? [] : [ofGroup(query.group)]),
          ...(lacksConfirmation({ operation, state }, null, query.at)
            ? [confirmed(query.at, operation)]
            : []),
        ];
        return {
          where: parts.map(({ where }) => where).join(' AND '),
          values: parts.flatMap(({ values }) => values),
        };
      }),
    ),
  );
}

/** As `steps.options` has them. */
export function groupOptions({ options }: Group): string {
  return canonicalJson(options);
}

function operationsOf({ operations, group }: DueQuery): readonly Operation[] {
  const asked = [...new Set(operations ?? OPERATIONS)];
  return group === undefined ? asked : asked.filter((each) => each === group.operation);
}

function own(token: string, account: string, state: StepState, operation: Operation): Seek {
  return {
    where:
      'lease_token = ? AND account = ? AND state = ? AND operation = ? AND finished_at IS NULL AND blocked = 0',
    values: [token, account, state, operation],
  };
}

function ofGroup(group: Group): Seek {
  return { where: 'options = ? AND batch IS ?', values: [groupOptions(group), group.batch] };
}

/**
 * Somebody has confirmed the request, and not too long ago; or a call of the step may have arrived
 * and is too old to be sent again: then it is due for being left to the operator, and not for sending.
 */
function confirmed(at: number, operation: Operation): Seek {
  const recent = `EXISTS (SELECT 1 FROM requests
      WHERE requests.id = steps.request_id AND requests.confirmed_at > ?)`;
  if (operation === 'restore_users') return { where: recent, values: [at - CONFIRMED_FOR] };
  return {
    where: `(${recent} OR (doubts > 0 AND intended_at < ?))`,
    values: [at - CONFIRMED_FOR, at - ONCE_MORE_WITHIN],
  };
}
