import type { Clock, Output } from '../../host/host.ts';
import { type Backlog, type Outlook, createForecast } from '../../requests/plan/forecast.ts';
import type { RequestState, Step } from '../../requests/request.ts';
import { cut } from '../text.ts';
import { count, isBeingChecked, stepMark, stepName, stepWord } from '../words.ts';

/** What a run has before it: all of its steps, and what is ahead where it is about several people. */
export interface Extent extends Backlog {
  steps: number;
}

/** How far a run is, as one line. Instants in ms: `at` of a clock that is never set back. */
interface Board {
  step(step: Step): void;
  ended(states: readonly RequestState[], at: number): void;
  /** `now` in ms since the epoch. */
  line(at: number, now: number): string;
}

/** So few steps are told one by one. */
const FEW_STEPS = 3;

/** The board for a run of this extent: it remembers single steps only where they are few. */
function createBoard(extent: Extent, startedAt: number): Board {
  return extent.people > 1 && extent.steps > FEW_STEPS
    ? peopleBoard(extent, startedAt)
    : stepBoard(extent.steps);
}

/** `654/1000 ✓ 651 ✗ 3 · 42.3/s · ETA 8s` (docs/spec.md 7). */
function peopleBoard(extent: Extent, startedAt: number): Board {
  const forecast = createForecast(extent, startedAt);
  let [ended, done, doubtful] = [0, 0, 0];
  return {
    step: ({ operation, state }) => forecast.step(operation, state),
    ended(states, at) {
      ended += states.length;
      for (const state of states) {
        if (state === 'completed') done += 1;
        if (state === 'in_doubt') doubtful += 1;
      }
      forecast.ended(states.length, at);
    },
    line(at, now) {
      const { rate, eta } = forecast.outlook(at, now);
      const marks = [
        `${ended}/${Math.max(extent.people, ended)} ✓ ${done} ✗ ${ended - done - doubtful}`,
        ...(doubtful > 0 ? [`? ${doubtful}`] : []),
      ];
      return [marks.join(' '), ...rateWords(rate), ...etaWords(eta)].join(' · ');
    },
  };
}

function rateWords(rate: Outlook['rate']): string[] {
  if (rate === null) return [];
  return [rate < 0.1 ? `${(rate * 60).toFixed(1)}/min` : `${rate.toFixed(1)}/s`];
}

function etaWords(eta: Outlook['eta']): string[] {
  return eta === null ? [] : [`ETA ${span(eta)}`];
}

/** A time that is left (ms), shortly: `8s`, `12m`, `3h 5m`, `2d`. */
function span(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 120) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.ceil(hours / 24)}d`;
  return minutes % 60 === 0 ? `${hours}h` : `${hours}h ${minutes % 60}m`;
}

function stepBoard(total: number): Board {
  const steps = new Map<string, Step>();
  return {
    step: (step) => void steps.set(step.id, step),
    ended: () => undefined,
    line() {
      const all = [...steps.values()];
      if (all.length === 0) return 'Starting';
      if (total > FEW_STEPS) return counts(all, total);
      return all.map((each) => `${stepName(each)}: ${wordFor(each, all)}`).join(' · ');
    },
  };
}

function counts(all: readonly Step[], total: number): string {
  const of = (mark: string): number => all.filter((step) => stepMark(step) === mark).length;
  const ended = all.filter((step) => step.finishedAt !== null).length;
  const looking = all.filter(isBeingChecked).length;
  return [
    `${ended}/${count(Math.max(total, all.length), 'step')} ✓ ${of('✓')} ✗ ${of('✗')}`,
    ...(of('?') > 0 ? [`? ${of('?')}`] : []),
    ...(looking > 0 ? [`${looking} being checked`] : []),
  ].join(' · ');
}

function wordFor(step: Step, all: readonly Step[]): string {
  const siblings = all.filter(({ requestId }) => requestId === step.requestId);
  return stepWord(step, siblings);
}

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
