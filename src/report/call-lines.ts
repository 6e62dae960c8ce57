import type { Call, CallState, Step } from '../requests/request.ts';
import { isAdopted } from '../requests/searched.ts';
import { PROVIDER, count, utc } from './words.ts';

const STATE: Readonly<Record<CallState, string>> = {
  intended: 'no answer yet',
  accepted: 'accepted',
  refused: 'not accepted',
  in_doubt: 'may have arrived, its answer is unknown',
  replaced: 'may have arrived, and another took its place',
};

/** What was sent for a step, and what came of it; the last word is said of its present call alone. */
export function callLines(call: Call, step: Step): string[] {
  const { provider, taskId, stepIds, providerStatus } = call;
  const at = utc(new Date(call.intendedAt).toISOString());
  const others = stepIds.length - 1;
  const together = others === 0 ? '' : `, with ${count(others, 'other person', 'other people')}`;
  const isPresent = call.id === step.callId;
  const start = isAdopted(call)
    ? `found in the provider's list ${at}`
    : `sent ${at}${together}: ${STATE[call.state]}`;
  const word = isPresent && providerStatus !== null && taskId !== null;
  return [
    `${start}${taskId === null ? '' : `, task ${taskId}`}`,
    ...(word ? [`${PROVIDER[provider]} says: ${providerStatus}`] : []),
  ];
}
