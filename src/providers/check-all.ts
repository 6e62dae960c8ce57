import { type Health, askAll } from './ask-all.ts';
import type { TaskReport } from '../requests/outcome.ts';
import type { RunningCall } from './provider.ts';

/** One report for each call, keyed by call id; a provider that does not answer is left alone. */
export async function checkAll(
  calls: readonly RunningCall[],
  ask: (call: RunningCall) => Promise<TaskReport>,
): Promise<ReadonlyMap<string, TaskReport>> {
  const [only, ...others] = calls;
  if (only !== undefined && others.length === 0) return new Map([[only.id, await ask(only)]]);
  const reports = await askAll(calls, ask, healthOf);
  return new Map([...reports].map(([call, report]) => [call.id, report]));
}

function healthOf({ kind }: TaskReport): Health {
  if (kind === 'credentials' || kind === 'limited') return 'closed';
  return kind === 'unavailable' ? 'missed' : 'well';
}
