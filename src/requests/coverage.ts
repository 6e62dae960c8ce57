import { isExport } from './operations.ts';
import type { Request, Step } from './request.ts';
import { partMode, streamPartsOf } from './stream-options.ts';

/**
 * What a request does not reach, whatever its outcome (docs/spec.md 3; docs/providers/stream.md 2.4 and 2.6,
 * docs/providers/sendbird.md 2.7 and 7): one line each.
 */
export function notCovered({
  action,
  steps,
}: Pick<Request, 'action' | 'steps'>): readonly string[] {
  const of = (provider: Step['provider']): readonly Step[] =>
    steps.filter((step) => step.provider === provider && step.state !== 'unsupported');
  const lines: string[] = [];
  if (of('stream').length > 0) {
    lines.push('Stream: other apps than this one', ...notAsked(action, of('stream')));
  }
  if (of('sendbird').length > 0) {
    lines.push(
      'Sendbird: other applications than this one',
      'Sendbird Desk, Calls and Business Messaging',
    );
  }
  if (of('sendbird').some(({ operation }) => isExport(operation))) {
    lines.push("Sendbird: messages past the application's retention");
  }
  return lines;
}

function notAsked(action: Request['action'], steps: readonly Step[]): string[] {
  const find = (operation: Step['operation']): Step | undefined =>
    steps.find((step) => step.operation === operation);
  if (action === 'restore') return [];
  if (action === 'export') {
    return [
      ...(find('export_feeds') ? [] : ['Stream: feeds data']),
      ...(find('export_users') ? [] : ['Stream: chat and video data']),
    ];
  }
  const options = find('delete_users')?.options ?? {};
  const [account, ...optional] = streamPartsOf('delete_users');
  const isRemoved = account !== undefined && partMode(account, options) === 'hard';
  const parts = optional.flatMap((part) => {
    const mode = partMode(part, options);
    if (mode === null) return [`Stream: ${part.label}`];
    // What hides with the account is told as a whole.
    const isSofter = isRemoved && mode !== 'hard';
    return isSofter ? [`Stream: ${part.label} are hidden, not removed`] : [];
  });
  return [...(find('delete_feeds') ? [] : ['Stream: feeds data']), ...parts];
}
