import { GdprError } from '../errors.ts';
import { idFault, quoteId } from '../requests/ids.ts';
import { idAt } from '../requests/plan.ts';
import type { Action, ProviderName, Subject } from '../requests/request.ts';

/** Who a command line is about. */
export interface SubjectFlags {
  users: readonly string[];
  streamId: string | null;
  sendbirdId: string | null;
}

/** The subjects of a command line, each once. Throws GdprError `usage`. */
export function subjectsOf(flags: SubjectFlags, action: Action): Subject[] {
  const ownIds = flags.streamId ?? flags.sendbirdId;
  if (flags.users.length === 0 && ownIds === null) {
    throw new GdprError('usage', 'Nobody is named: whose data is it about?', {
      next: `Nothing was sent. Give one user id or more, for example: gdpr ${action} ada`,
    });
  }
  if (flags.users.length > 1 && ownIds !== null) {
    throw new GdprError(
      'usage',
      `--stream-id and --sendbird-id go with one user, and ${flags.users.length} are named.`,
      { next: 'Nothing was sent. Run the command once for each of them.' },
    );
  }
  return [...new Set(flags.users.length === 0 ? [ownIds ?? ''] : flags.users)].map(
    (userId): Subject => ({
      userId,
      streamId: flags.streamId ?? (flags.users.length === 0 ? null : userId),
      sendbirdId: flags.sendbirdId ?? (flags.users.length === 0 ? null : userId),
    }),
  );
}

/** Throws GdprError `usage` with every id that is refused, before anything is sent. */
export function checkIds(subjects: readonly Subject[], providers: readonly ProviderName[]): void {
  const faults = subjects.flatMap((subject) => faultsOf(subject, providers));
  if (faults.length > 0) {
    throw new GdprError('usage', `Refused: ${faults.join('; ')}.`, {
      next: 'Nothing was sent. Ids are taken as they are: never trimmed, never guessed.',
    });
  }
}

function faultsOf(subject: Subject, providers: readonly ProviderName[]): string[] {
  const faults = providers.flatMap((provider) => {
    const id = idAt(subject, provider);
    const fault = id === null ? null : idFault(id, provider);
    return fault === null ? [] : [`the user id ${quoteId(id ?? '')} ${fault}`];
  });
  // Where each provider has an id of its own it is not sent, and still names the person.
  if (subject.userId === '') faults.push('the user id "" is empty');
  if (providers.every((provider) => idAt(subject, provider) === null)) {
    faults.push(`no provider that is asked has an id of ${quoteId(subject.userId)}`);
  }
  return [...new Set(faults)];
}
