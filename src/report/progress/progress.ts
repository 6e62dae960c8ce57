import type { Clock, Output } from '../../host/host.ts';
import type { RequestState, Step } from '../../requests/request.ts';
import { cut } from '../text.ts';
import { type Board, type Extent, createBoard } from './board.ts';

/** Tells on stderr how far a run is. */
export interface Progress {
  step(step: Step): void;
  /** Requests have come to these states, one a person, and nothing more is done for them here. */
  ended(states: readonly RequestState[]): void;
  /** A sentence that stays on the screen. */
  say(sentence: string): void;
  /** Ends the drawing; nothing may be told afterwards. */
  stop(): void;
}

const EVERY = 5_000;

// docs/providers/sendbird.md 2.7
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
  ended: () => undefined,
  say: () => undefined,
  stop: () => undefined,
};

/** Plain lines, at most one every few seconds, for logs and screen readers. */
export function plainProgress(output: Output, clock: Clock, extent: Extent): Progress {
  const board = createBoard(extent, clock.monotonic());
  let saidAt = Number.NEGATIVE_INFINITY;
  let last = '';
  let isNew = false;
  const say = (line: string): void => {
    last = line;
    isNew = false;
    saidAt = clock.monotonic();
    output.write(`${line}\n`);
  };
  const sayNowAndThen = (): void => {
    if (clock.monotonic() - saidAt >= EVERY) say(lineOf(board, clock));
  };
  return {
    step(step) {
      board.step(step);
      isNew = true;
      if (step.state !== 'intended') sayNowAndThen();
    },
    ended(states) {
      board.ended(states, clock.monotonic());
      isNew = true;
      sayNowAndThen();
    },
    say: (sentence) => output.write(`${sentence}\n`),
    stop() {
      const line = lineOf(board, clock);
      if (isNew && last !== '' && line !== last) say(line);
    },
  };
}

/** What stands before the line on a terminal: the spinner, and the blanks behind it. */
const SPINNER = 3;

/** One line that is drawn again and again, for a terminal; it is made anew for each frame alone. */
export async function spinnerProgress(
  output: Output,
  clock: Clock,
  extent: Extent,
): Promise<Progress> {
  const { default: ora } = await import('ora');
  const board = createBoard(extent, clock.monotonic());
  // On a line that is full to the last column some terminals begin the next.
  const line = (): string => cut(lineOf(board, clock), Math.max(1, output.columns - SPINNER - 1));
  // Ctrl-C is ours, and so is the terminal's input: nothing is typed during a run.
  const spinner = ora({
    stream: output.stream,
    discardStdin: false,
    hideCursor: true,
    isEnabled: output.isTTY,
    color: false,
  });
  spinner.suffixText = line;
  spinner.start();
  return {
    step: (step) => board.step(step),
    ended: (states) => board.ended(states, clock.monotonic()),
    say(sentence) {
      spinner.suffixText = '';
      spinner.stopAndPersist({ symbol: 'ℹ', text: sentence });
      spinner.text = '';
      spinner.suffixText = line;
      spinner.start();
    },
    stop: () => spinner.stop(),
  };
}

function lineOf(board: Board, clock: Clock): string {
  return board.line(clock.monotonic(), clock.now());
}
