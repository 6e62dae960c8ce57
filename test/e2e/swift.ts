import type { Options } from 'execa';
import { main } from '../../src/main.ts';
import { fakeHost } from '../support/host.ts';
import { swiftClock } from '../support/swift-clock.ts';
import { type Stage, type StageOptions, setStage } from './stage.ts';

/** How many times as fast time passes on a swift stage: a retry after a second comes after 50 ms. */
const TIMES = 20;

/** A stage without processes of their own: those would go by another clock. */
export type SwiftStage = Omit<Stage, 'start' | 'gdpr'> & {
  gdpr(args: readonly string[], options?: Pick<Options, 'env'>): ReturnType<Stage['gdpr']>;
};

let ids = 0;

/**
 * Sets a stage on which `gdpr` is called in this process, with the one fast clock for it and for the
 * sandbox: for tables of faults, whose pauses would else take most of the time. No colour, no terminal.
 */
export async function setSwiftStage(options: StageOptions = {}): Promise<SwiftStage> {
  const clock = swiftClock(TIMES);
  const stage = await setStage({ ...options, clock });
  return {
    ...stage,
    async gdpr(args, { env = stage.env } = {}) {
      const host = fakeHost({
        cwd: stage.dir,
        home: stage.dir,
        uid: process.getuid?.() ?? 0,
        env: { PATH: process.env['PATH'], ...env },
        clock: { ...clock, pauses: [], advance: () => undefined },
        random: () => Math.random(),
        newId: () => `01K5Z1${String((ids += 1)).padStart(20, '0')}`,
      });
      const code = await main(args, host);
      const [out, err] = [host.stdout.text, host.stderr.text].map((text) =>
        text.replace(/\n$/, ''),
      );
      return { code, signal: undefined, out: out ?? '', err: err ?? '' };
    },
  };
}
