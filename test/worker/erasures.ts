import type { PlannedRequest, PlannedStep } from '../../src/requests/request.ts';
import { HARD, SENDBIRD, STREAM } from '../requests/make.ts';

type Part = 'delete_feeds' | 'delete_users' | 'delete' | 'restore_users';

const PARTS: Readonly<Record<Part, Pick<PlannedStep, 'provider' | 'account' | 'options'>>> = {
  delete_feeds: { provider: 'stream', account: STREAM, options: { hard_delete: true } },
  delete_users: { provider: 'stream', account: STREAM, options: HARD },
  delete: {
    provider: 'sendbird',
    account: SENDBIRD,
    options: { channel_delete_option: 'do_not_delete' },
  },
  restore_users: { provider: 'stream', account: STREAM, options: {} },
};

/** Requests to erase (or to bring back) these users by these steps, everybody seen before the question. */
export function erasing(
  parts: readonly Part[],
  more: (user: string, operation: Part) => Partial<PlannedStep> = () => ({}),
): (users: readonly string[]) => readonly PlannedRequest[] {
  const isRestore = parts.includes('restore_users');
  return (users) =>
    users.map((user) => ({
      id: `req_${user}`,
      action: isRestore ? 'restore' : 'erase',
      mode: isRestore ? null : 'hard',
      subject: { userId: user, streamId: user, sendbirdId: user },
      reference: null,
      profile: 'test',
      operator: 'jane',
      receivedOn: '2026-11-20',
      dueOn: '2026-12-21',
      outDir: null,
      steps: parts.map((operation) => ({
        id: `req_${user}/${operation}`,
        operation,
        subjectId: user,
        before: isRestore ? 'not_visible' : 'visible',
        ...PARTS[operation],
        ...more(user, operation),
      })),
    }));
}

/** So many user ids. */
export function people(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `u${String(index).padStart(3, '0')}`);
}
