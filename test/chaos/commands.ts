import type { Cast } from './cast.ts';
import type { Chance } from './chance.ts';
import { type End, drawEnd } from './ends.ts';

const ORDERS = ['export', 'erase', 'restore', 'resume', 'cancel', 'refused', 'status'] as const;
export type Order = (typeof ORDERS)[number];

const WEIGHTS: Readonly<Record<Order, number>> = {
  export: 24,
  erase: 32,
  restore: 12,
  resume: 42,
  cancel: 8,
  refused: 4,
  status: 4,
};

const MODES = ['soft', 'soft', 'pruning', 'hard', 'hard'] as const;

/** One call of the program, and how it ends. */
export interface Command {
  order: Order;
  args: readonly string[];
  /** Which requests of the ledger it names: places in [0, 1) of the list that there is then. */
  names: readonly number[];
  /** What it may delete, if it is an erase that somebody confirmed. */
  permits: Permit | null;
  end: End;
}

/** Who was asked for and confirmed, at which providers and how strongly. */
interface Permit {
  subjects: readonly string[];
  providers: readonly ('stream' | 'sendbird')[];
  mode: 'soft' | 'pruning' | 'hard';
  channels: string;
}

/** A command; `among` limits what it may be (empty: anything). */
export function drawCommand(chance: Chance, cast: Cast, among: readonly Order[]): Command {
  const order = drawOrder(chance, among.length === 0 ? ORDERS : among);
  const drawn = DRAW[order](chance, cast);
  return { order, names: [], permits: null, ...drawn, end: drawEnd(chance, order) };
}

function drawOrder(chance: Chance, among: readonly Order[]): Order {
  const whole = among.reduce((sum, order) => sum + WEIGHTS[order], 0);
  let at = chance.next() * whole;
  return among.find((order) => (at -= WEIGHTS[order]) < 0) ?? 'resume';
}

type Drawn = Pick<Command, 'args'> & Partial<Pick<Command, 'names' | 'permits'>>;

const DRAW: Readonly<Record<Order, (chance: Chance, cast: Cast) => Drawn>> = {
  export: (chance, cast) => ({
    args: ['export', ...people(chance, cast, 5), ...providersOf(chance).flags, ...waiting(chance)],
  }),
  erase: drawErase,
  restore: (chance, cast) => ({
    args: ['restore', ...people(chance, cast, 8), '--yes', ...waiting(chance)],
  }),
  resume: (chance) => ({
    args: [
      'resume',
      ...(chance.is(0.3) ? ['--failed'] : []),
      ...(chance.is(0.35) ? ['--once'] : waiting(chance)),
    ],
    names: chance.is(0.25) ? [chance.next(), chance.next()] : [],
  }),
  cancel: (chance) => ({
    args: ['cancel', '--yes'],
    names: Array.from({ length: chance.int(1, 4) }, () => chance.next()),
  }),
  refused: (chance, { bystanders }) => ({
    args: [
      'erase',
      ...chance.some(bystanders, chance.int(1, 3)),
      '--hard',
      ...chance.pick([['--dry-run'], ['--no-input'], []]),
    ],
  }),
  status: (chance) => ({
    args: ['status', '--limit', '100000', ...(chance.is(0.5) ? ['--all'] : [])],
  }),
};

function drawErase(chance: Chance, cast: Cast): Drawn {
  const subjects = people(chance, cast, 12);
  const { flags, providers } = providersOf(chance);
  const isMild = providers.includes('stream');
  const mode = isMild ? chance.pick(MODES) : 'hard';
  const channels = chance.pick(['do_not_delete', 'do_not_delete', '1_on_1', 'all'] as const);
  const isNamed = channels !== 'do_not_delete' && providers.includes('sendbird');
  const exportFirst = chance.is(0.2);
  return {
    args: [
      'erase',
      ...subjects,
      '--mode',
      mode,
      '--yes',
      ...flags,
      ...(isNamed ? ['--channels', channels] : []),
      ...(exportFirst ? ['--export-first'] : []),
      ...(exportFirst && chance.is(0.5) ? ['--accept-partial-export'] : []),
      ...waiting(chance),
    ],
    permits: { subjects, providers, mode, channels: isNamed ? channels : 'do_not_delete' },
  };
}

/** One to `most`, few more often than many: one that stands in the way keeps all of them waiting. */
function people(chance: Chance, { subjects }: Cast, most: number): string[] {
  const draw = chance.next();
  if (draw < 0.4) return chance.some(subjects, 1);
  return chance.some(subjects, draw < 0.8 ? chance.int(2, 4) : chance.int(1, most));
}

function providersOf(chance: Chance): { flags: string[] } & Pick<Permit, 'providers'> {
  if (chance.is(0.65)) return { flags: [], providers: ['stream', 'sendbird'] };
  const only = chance.pick(['stream', 'sendbird'] as const);
  return { flags: ['--provider', only], providers: [only] };
}

/** Nobody waits for ever: some tasks never end. */
function waiting(chance: Chance): string[] {
  if (chance.is(0.2)) return ['--no-wait'];
  return ['--timeout', `${chance.pick([700, 2000, 4000, 6000])}ms`];
}
