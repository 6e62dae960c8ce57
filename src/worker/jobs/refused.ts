import type { Call, Step, StepError } from '../../requests/request.ts';
import type { Change } from '../../requests/transitions/change.ts';
import { deletionAbsent } from '../../requests/transitions/deletion-absent.ts';
import { deletionSent } from '../../requests/transitions/deletion-sent.ts';
import { restoreDenied } from '../../requests/transitions/restore-denied.ts';
import { type Batch, type WorkerContext, moment, recordChange } from '../context.ts';
import { unreachable } from '../preflight.ts';

/**
 * A restore that is refused for one user. Stream says the same of one who is active and, as far as
 * anybody knows ([U], docs/providers/stream.md 2.5), of one who is unknown: the look-up tells them
 * apart.
 */
export async function restoreRefused(
  work: WorkerContext,
  batch: Batch,
  steps: readonly Step[],
  call: Call,
  error: StepError,
): Promise<void> {
  const settled = (visible: ReadonlySet<string>): Change =>
    restoreDenied(steps, call, visible, error, work.clock.now());
  await byLook(work, batch, steps, call, { error, settled });
}

/**
 * A deletion that is refused because somebody is unknown, where the look-up before the question saw
 * somebody: only a look tells whether they are gone, and whether an earlier call had arrived.
 */
export async function absentAndSeen(
  work: WorkerContext,
  batch: Batch,
  steps: readonly Step[],
  call: Call,
  error: StepError,
): Promise<void> {
  const settled = (visible: ReadonlySet<string>): Change =>
    deletionAbsent(steps, call, visible, error, work.clock.now());
  await byLook(work, batch, steps, call, { error, settled });
}

/** Settles a refusal by what a look shows. Without one it is asked again: a refused call did nothing. */
async function byLook(
  work: WorkerContext,
  batch: Batch,
  steps: readonly Step[],
  call: Call,
  { error, settled }: { error: StepError; settled: (visible: ReadonlySet<string>) => Change },
): Promise<void> {
  const { operation, options, subjectIds } = call;
  const seen = await batch.provider.look({ operation, subjectIds, options }, work.stop);
  if (seen.kind === 'looked') {
    await recordChange(work, steps, settled(seen.visible));
    return;
  }
  if (seen.kind === 'not_checkable') {
    await recordChange(work, steps, settled(new Set()));
    return;
  }
  const refusal = { kind: 'unsent', error } as const;
  await recordChange(
    work,
    steps,
    deletionSent(steps, call, refusal, moment(work), work.clock.now()),
  );
  await unreachable(work, batch, steps, seen);
}
