import { DownloadBroken } from '../../errors.ts';
import { type ArtifactTarget, storeArtifact } from '../../files/artifact.ts';
import { bundlePath } from '../../files/bundle.ts';
import type { Download, Opened } from '../../providers/provider.ts';
import { nextCheck } from '../../requests/polling.ts';
import type { Operation, StepError } from '../../requests/request.ts';
import type { Collected } from '../../requests/transitions/answers.ts';
import { collected, lastTry, linkLost } from '../../requests/transitions/collected.ts';
import { type Job, type WorkerContext, moment, recordChange } from '../context.ts';
import { unreachable } from '../preflight.ts';
import { askedAbout } from './check.ts';
import { isVisible } from './look-up.ts';

/**
 * Where the file of an export stands in its bundle; the extension follows the content. [U]: whether
 * the feeds export is JSON or JSON queues (docs/providers/stream.md 3); either is taken. Both exports of
 * Stream hold the account itself (its GDPR page: "User data"), so a file without anything is refused;
 * one of feeds that names its lists and has none in them is taken for that of somebody without any.
 */
const PLACES: Partial<Record<Operation, Omit<ArtifactTarget, 'bundle'>>> = {
  export_feeds: { path: 'stream/feeds', prefer: 'json', countMessages: false, mayBeEmpty: true },
  export_users: { path: 'stream/users', prefer: 'jsonl', countMessages: true, mayBeEmpty: false },
  access: { path: 'sendbird/access', prefer: 'zip', countMessages: false, mayBeEmpty: false },
};

/** Fetches the file of a finished task, by a link that is asked for anew each time. */
export async function collect(work: WorkerContext, job: Job): Promise<void> {
  const { step, call } = job;
  if (call === null) throw new Error(`step ${step.id} has no call to collect from`);
  const end = await fetchFile(work, job);
  if (end.kind === 'credentials' || end.kind === 'limited' || end.kind === 'unavailable') {
    await unreachable(work, job, [job.step], end);
    return;
  }
  if (work.stop.aborted && end.kind !== 'stored') return;
  if (end.kind === 'file_server_down') {
    await serverDown(work, job, end.error);
    return;
  }
  if (end.kind === 'link_refused' && step.provider === 'sendbird' && lastTry(step)) {
    await askAgain(work, job, end.error);
    return;
  }
  await recordChange(work, [job.step], collected(step, call, end, moment(work)));
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
  const place = PLACES[step.operation];
  if (place === undefined || outDir === null) throw new Error(`${step.operation} makes no file`);
  const bundle = bundlePath(outDir, step.requestId);
  try {
    return await storeArtifact({ bundle, ...place }, opened.body, opened.bytes, work.stop);
  } catch (thrown) {
    if (thrown instanceof DownloadBroken) return { kind: 'bad', error: broken(thrown.message) };
    if (thrown === work.stop.reason) return { kind: 'bad', error: broken('it was stopped') };
    throw thrown;
  }
}

function broken(message: string): StepError {
  return { code: 'download_broken', message, passing: true, providerCode: null, httpStatus: null };
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
  await recordChange(work, [job.step], { at: work.clock.now(), steps: [{ id: step.id, patch }] });
}

async function askAgain(work: WorkerContext, job: Job, error: StepError): Promise<void> {
  const visible = await isVisible(work, job);
  if (visible === null) return;
  await recordChange(work, [job.step], linkLost(job.step, visible, error, work.clock.now()));
}
