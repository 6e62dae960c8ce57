import type { Evidence, Violation } from '../evidence.ts';

type Provider = 'stream' | 'sendbird';

/** How strong each thing is that a deletion can do. */
const RANK: Readonly<Record<string, number>> = { soft: 1, pruning: 2, hard: 3 };
const CHANNELS = ['do_not_delete', '1_on_1', 'all'];

/**
 * Who is changed at the providers, by the sandbox's own state: nobody who was not asked for and
 * confirmed, nobody more strongly than asked, nothing for a step that was never sent.
 */
export function checkDeletions(evidence: Evidence): Violation[] {
  const { control } = evidence.world.sandbox;
  return [
    ...(['stream', 'sendbird'] as const).flatMap((provider) =>
      control
        .changed(provider)
        .flatMap(({ id, account }) => ofPerson(evidence, provider, id, account)),
    ),
    ...ofLedger(evidence),
  ];
}

function ofPerson(
  { receipts }: Evidence,
  provider: Provider,
  id: string,
  account: Record<string, unknown>,
): Violation[] {
  const steps = receipts.flatMap((receipt) =>
    receipt.steps
      .filter((step) => step.provider === provider && step.attempts > 0)
      .filter(({ state }) => state !== 'cancelled')
      .filter(() => receipt.subject[`${provider}_id`] === id),
  );
  const most = (name: string): number =>
    Math.max(0, ...steps.map(({ options }) => rankOf(options[name])));
  const done = whatWasDone(provider, account);
  return done.flatMap(([name, rank]) =>
    rank <= most(name)
      ? []
      : [
          {
            check: 'deletions',
            requestId: null,
            what: `${id} at ${provider}: ${name} went with strength ${rank}, and ${most(name)} was sent for`,
          },
        ],
  );
}

/** What the state of an account says was deleted, by the option that asks for it. */
function whatWasDone(provider: Provider, account: Record<string, unknown>): [string, number][] {
  if (provider === 'sendbird') {
    const { deleted } = account;
    const channels = field(deleted, 'channels');
    return typeof channels === 'string' ? [['channel_delete_option', rankOf(channels)]] : [];
  }
  return [
    ['user', rankOf(field(account['user'], 'mode'))],
    ['messages', rankOf(account['messages'])],
    ['conversations', rankOf(account['conversations'])],
    ['calls', rankOf(account['calls'])],
    ['files', rankOf(account['files'])],
    ['hard_delete', rankOf(account['feeds'] === 'hard')],
  ];
}

function rankOf(value: unknown): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string') return 0;
  return RANK[value] ?? CHANNELS.indexOf(value) + 1;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries({ ...value }).find(([key]) => key === name)?.[1]
    : null;
}

/** What the ledger has on record as confirmed must have been asked for by a command with a yes. */
function ofLedger({ receipts, played }: Evidence): Violation[] {
  const permits = played.flatMap(({ command }) => command.permits ?? []);
  return receipts
    .filter(({ action }) => action === 'erase')
    .filter(
      ({ subject, mode, steps }) =>
        !permits.some(
          (permit) =>
            permit.subjects.includes(subject.user_id) &&
            (mode ?? permit.mode) === permit.mode &&
            steps.every(
              ({ provider, operation, options }) =>
                permit.providers.includes(provider) &&
                (operation !== 'delete' || options['channel_delete_option'] === permit.channels),
            ),
        ),
    )
    .map((receipt) => ({
      check: 'deletions',
      requestId: receipt.request_id,
      what: `an erase of ${receipt.subject.user_id} (${receipt.mode}) that nobody asked for`,
    }));
}
