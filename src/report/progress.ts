import { isExport } from '../requests/operations.ts';
import type { Clock, Output } from '../host.ts';
import type { Step } from '../requests/request.ts';
import { OPERATION, PROVIDER, count, stepWord, waitsFor } from './words.ts';

/** Tells on stderr how far a run is. */
export interface Progress {
  step(step: Step): void;
  /** A sentence that stays on the screen. */
  say(sentence: string): void;
  /** Ends the drawing; nothing may be told afterwards. */
  stop(): void;
}

const EVERY = 5_000;

// api/sendbird.md section 2.7
const LONG_WAIT =
  'Sendbird exports usually take 1 to 3 hours. Leaving is safe: gdpr resume carries on.';

/** Says once, as soon as it is known, that a wait will be long. */
export function warnOfLongWait(progress: Progress): Progress {
  let said = false;
  return {
    ...progress,
    step(step) {
      progress.step(step);
      if (said || step.operation !== 'access' || step.state !== 'accepted') return;
      said = true;
      progress.say(LONG_WAIT);
    },
  };
}

/** Says nothing: `--quiet`. */
export const silent: Progress = {
  step: () => undefined,
  say: () => undefined,
  stop: () => undefined,
};

/** Plain lines, at most one every few seconds, for logs and screen readers. */
export function plainProgress(output: Output, clock: Clock, total: number): Progress {
  const board = createBoard(total);
  let saidAt = Number.NEGATIVE_INFINITY;
  let last = '';
  const say = (line: string): void => {
    last = line;
    saidAt = clock.monotonic();
    output.write(`${line}\n`);
  };
  return {
    step(step) {
      board.step(step);
      if (step.state !== 'intended' && clock.monotonic() - saidAt >= EVERY) say(board.line());
    },
    say: (sentence) => output.write(`${sentence}\n`),
    stop() {
      if (last !== '' && last !== board.line()) say(board.line());
    },
  };
}

/** One line that is drawn again and again, for a terminal. */
export async function spinnerProgress(output: Output, total: number): Promise<Progress> {
  const { default: ora } = await import('ora');
  const board = createBoard(total);
  // Ctrl-C is ours, and so is the terminal's input: nothing is typed during a run.
  const spinner = ora({ stream: output.stream, discardStdin: false, hideCursor: true });
  spinner.start('Starting');
  return {
    step(step) {
      board.step(step);
      spinner.text = board.line();
    },
    say(sentence) {
      spinner.info(sentence);
      spinner.start(board.line());
    },
    stop: () => spinner.stop(),
  };
}

function createBoard(total: number): { step(step: Step): void; line(): string } {
  const steps = new Map<string, Step>();
  return {
    step: (step) => steps.set(step.id, step),
    line() {
      const all = [...steps.values()];
      if (all.length === 0) return 'Starting';
      if (total <= 3) {
        return all
          .map(
            (each) =>
              `${PROVIDER[each.provider]} ${OPERATION[each.operation]}: ${wordFor(each, all)}`,
          )
          .join(' · ');
      }
      const of = (test: (step: Step) => boolean): number => all.filter(test).length;
      const ended = of((step) => step.finishedAt !== null);
      const done = of((step) => step.state === 'succeeded');
      const bad = of(isBad);
      const doubtful = of((step) => step.state === 'in_doubt');
      const looking = of(isChecked);
      return [
        `${ended}/${count(Math.max(total, all.length), 'step')} ✓ ${done} ✗ ${bad}`,
        ...(doubtful > 0 ? [`? ${doubtful}`] : []),
        ...(looking > 0 ? [`${looking} being checked`] : []),
      ].join(' · ');
    },
  };
}

function wordFor(step: Step, all: readonly Step[]): string {
  const siblings = all.filter(({ requestId }) => requestId === step.requestId);
  return stepWord(step, { ended: step.finishedAt !== null, waits: waitsFor(step, siblings) });
}

const BAD: ReadonlySet<Step['state']> = new Set(['failed', 'no_data', 'not_sent']);

function isBad({ state, finishedAt }: Step): boolean {
  return BAD.has(state) || (state === 'reported' && finishedAt !== null);
}

function isChecked({ operation, state, finishedAt }: Step): boolean {
  return !isExport(operation) && state === 'reported' && finishedAt === null;
}
