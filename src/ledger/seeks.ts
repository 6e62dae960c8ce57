import type { SQLInputValue } from 'node:sqlite';
import { CONFIRMED_FOR, lacksConfirmation } from '../requests/confirmation.ts';
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
          ...(lacksConfirmation({ operation, state }, null, query.at) ? [confirmed(query.at)] : []),
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

/** Somebody has confirmed the request, and not too long ago. */
function confirmed(at: number): Seek {
  return {
    where: `EXISTS (SELECT 1 FROM requests
      WHERE requests.id = steps.request_id AND requests.confirmed_at > ?)`,
    values: [at - CONFIRMED_FOR],
  };
}
