import { DownloadBroken } from '../../errors.ts';
import { storeArtifact } from '../../files/artifact.ts';
import { bundlePath } from '../../files/bundle.ts';
import type { DueStep } from '../../ledger/ledger.ts';
import type { Download, Opened } from '../../providers/provider.ts';
import { OPERATIONS } from '../../requests/operations.ts';
import { nextCheck } from '../../requests/polling.ts';
import type { StepError } from '../../requests/request.ts';
import { type Collected, isUnreachable } from '../../requests/transitions/answers.ts';
import { changeSteps, ownError } from '../../requests/transitions/change.ts';
import { collected, lastTry, linkLost } from '../../requests/transitions/collected.ts';
import {
  type Attempt,
  type Batch,
  type WorkerContext,
  moment,
  recordChange,
  unreachable,
} from '../context.ts';
import { askedAbout } from './check.ts';
import { visibleOf } from './verify.ts';

/** A step whose file is to be fetched, and whom to ask. */
interface Job extends Attempt, DueStep {}

/** Fetches the file of a finished task, by a link that is asked for anew each time. */
export async function collect(work: WorkerContext, batch: Batch): Promise<void> {
  const [member] = batch.members;
  if (member === undefined) return;
  const job = { ...batch, ...member };
  const { step, call } = job;
  if (call === null) throw new Error(`step ${step.id} has no call to collect from`);
  const end = await fetchFile(work, job);
  if (isUnreachable(end)) return unreachable(work, job, [step], end);
  if (work.stop.aborted && end.kind !== 'stored') return;
  if (end.kind === 'file_server_down') return serverDown(work, job, end.error);
  if (end.kind === 'link_refused' && step.provider === 'sendbird' && lastTry(step)) {
    const visible = await visibleOf(work, batch);
    if (visible === null) return;
    const isVisible = visible.has(step.subjectId);
    await recordChange(work, [step], linkLost(step, isVisible, end.error, work.clock.now()));
    return;
  }
  await recordChange(work, [step], collected(step, call, end, moment(work)));
}

/** The file's own server is not the provider's: it may be down alone. */
type Fetched = Collected | { kind: 'file_server_down'; error: StepError };

async function fetchFile(work: WorkerContext, job: Job): Promise<Fetched> {
  const answer = await job.provider.collect(askedAbout(job.call), work.stop);
  return answer.kind === 'file' ? download(work, job, answer.download) : answer;
}

async function download(work: WorkerContext, job: Job, link: Download): Promise<Fetched> {
  const opened = await link.open(work.stop);
  if (opened.kind !== 'body') return refusal(opened);
  const { step, outDir } = job;
  const { file } = OPERATIONS[step.operation];
  if (file === null || outDir === null) throw new Error(`${step.operation} makes no file`);
  const bundle = bundlePath(outDir, step.requestId);
  try {
    return await storeArtifact({ bundle, ...file }, opened.body, opened.bytes, work.stop);
  } catch (thrown) {
    if (thrown instanceof DownloadBroken) return { kind: 'bad', error: broken(thrown.message) };
    if (thrown === work.stop.reason) return { kind: 'bad', error: broken('it was stopped') };
    throw thrown;
  }
}

function broken(message: string): StepError {
  return ownError('download_broken', message, true);
}

function refusal(opened: Exclude<Opened, { kind: 'body' }>): Fetched {
  switch (opened.kind) {
    case 'link_refused':
      return opened;
    case 'unusable':
      return { kind: 'bad', error: opened.error };
    case 'unavailable':
      return { kind: 'file_server_down', error: opened.error };
  }
}

/** Tried a few times; then its files are left for later, and the step is as it was. */
async function serverDown(work: WorkerContext, job: Job, error: StepError): Promise<void> {
  const { step, provider, begunAt } = job;
  const tries = step.tries + 1;
  const last = lastTry(step);
  if (last) work.breaker.filesDown(provider.name, error, tries, begunAt);
  const patch = last ? { tries: 0 } : { tries, nextAt: nextCheck(step.tries, moment(work)) };
  await recordChange(
    work,
    [step],
    changeSteps(work.clock.now(), [step], () => patch),
  );
}
