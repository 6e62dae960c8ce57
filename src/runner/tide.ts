import type { Provider } from '../providers/provider.ts';
import type { Crew } from './crew.ts';
import { patientUntil } from './gather.ts';
import type { Glance } from './glance.ts';
import { KINDS, isSending, isToSend } from './kinds.ts';
import type { Line } from './line.ts';
import { readyGroups, readyOf, readySweep } from './ready.ts';
import type { Sweeps } from './sweeps.ts';
import type { Errand, Shift } from './work.ts';

/** A turn that comes within so long, ms, is worth waiting for even in a single pass. */
const SOON = 1_000;

/** What a look has left behind. */
export interface Tide {
  /** When the next look can find more, ms; Infinity: not by itself. */
  wakeAt: number;
  /** Calls that are ready wait for nothing but rate limits. */
  isLimited: boolean;
  /** Something more can be begun at once, or within a second. */
  isPending: boolean;
}

/** What a look is made with. */
export interface Outlook {
  lines: readonly Line[];
  crew: Crew;
  sweeps: Sweeps;
  work: Shift;
  now: number;
  /** Only what is not sent is worked on. */
  onlySending: boolean;
  /** Groups that could be fuller go when there is nothing else to do. */
  isHasty: boolean;
  hasMore: boolean;
}

/**
 * Begins what can be begun now. Each kind of work of each operation is looked for by itself, so that
 * a long queue for one keeps nobody else waiting; what goes together comes last, when it is known
 * whether anybody else will come.
 */
export async function lookAround(outlook: Outlook): Promise<Tide> {
  const { lines, crew, work, now, hasMore } = outlook;
  const tide: Tide = { wakeAt: Infinity, isLimited: false, isPending: false };
  const isLast = (): boolean => outlook.isHasty && crew.isResting && !tide.isPending;
  const glances = new Map<Provider, Glance>();
  const glanceAt = (provider: Provider): Glance => {
    const known = glances.get(provider);
    if (known !== undefined) return known;
    const errand = errandTo(provider, work, now);
    const glance = { now, errand, isFree: crew.isFree, isLast, hasMore };
    glances.set(provider, glance);
    return glance;
  };
  for (const isGathered of [false, true]) {
    for (const line of lines) {
      if (line.size > 1 !== isGathered || !isServed(line, outlook)) continue;
      await begin(line, glanceAt(line.provider), outlook, tide);
    }
  }
  return tide;
}

function errandTo(provider: Provider, { health }: Shift, now: number): Errand {
  const { name } = provider;
  return { provider, epoch: health.epoch(name), round: health.round(name), begunAt: now };
}

/** Whether a line is worked on in this run, and as things are. */
function isServed({ provider, kind }: Line, outlook: Outlook): boolean {
  const { health } = outlook.work;
  if (health.stoppage(provider.name) !== null) return false;
  if (kind === KINDS.collect && health.filesStoppage(provider.name) !== null) return false;
  if (!outlook.onlySending || isToSend(kind)) return true;
  // Who only sends looks after running tasks when there are so many that no more may be sent.
  const frees = kind === KINDS.check || kind === KINDS.follow || kind === KINDS.sweep;
  return frees && vacancies(provider, outlook) <= 0;
}

/** How many more tasks may be started at a provider. */
function vacancies({ name }: Provider, { work, crew }: Outlook): number {
  return work.outstanding - work.running.at(name) - crew.sending(name);
}

/** How many more of a kind may be begun. */
function roomIn(line: Line, outlook: Outlook): number {
  const { kind, provider } = line;
  if (kind === KINDS.collect) {
    const all = outlook.lines.filter((each) => each.kind === kind && each.provider === provider);
    return kind.atOnce - all.reduce((sum, { under }) => sum + under, 0);
  }
  const room = kind.atOnce - line.under;
  return isSending(kind) ? Math.min(room, vacancies(provider, outlook)) : room;
}

async function begin(line: Line, glance: Glance, outlook: Outlook, tide: Tide): Promise<void> {
  const { work, crew, now } = outlook;
  let room = roomIn(line, outlook);
  if (room <= 0) return;
  if (line.kind === KINDS.sweep) {
    for (const ready of await readySweep(line, glance, work, outlook.sweeps)) crew.start(ready);
    if (line.under === 0) wake(tide, Math.max(line.askAt, outlook.sweeps.nextAt), now);
    return;
  }
  const gate = gateOf(line, outlook);
  if (gate.pausedUntil > now) {
    tide.wakeAt = Math.min(tide.wakeAt, gate.pausedUntil);
    return;
  }
  const admit = (): boolean => {
    if (room <= 0 || !gate.pass()) return false;
    room -= 1;
    return true;
  };
  const gathers = line.size > 1;
  if (!(gathers && gate.isShut())) {
    const find = gathers ? readyGroups : readyOf;
    for (const ready of await find(line, glance, work, admit)) crew.start(ready);
  }
  if (gate.shutUntil !== null) shut(line, gate.shutUntil, outlook, tide);
  // Without room, what is under way wakes the run when it ends.
  else if (room > 0) wake(tide, Math.min(line.askAt, patientUntil(line)), now);
}

function wake(tide: Tide, at: number, now: number): void {
  tide.wakeAt = Math.min(tide.wakeAt, at);
  tide.isPending ||= at <= now;
}

/** The provider's limit lets nothing go until then: whoever would go waits for nothing else. */
function shut(line: Line, until: number, { work, now }: Outlook, tide: Tide): void {
  const waits = line.size > 1 ? line.left + line.arrived > 0 : line.stock.length > 0;
  const asks = Math.min(line.askAt, patientUntil(line));
  tide.wakeAt = Math.min(tide.wakeAt, waits || asks <= now ? until : Math.max(asks, until));
  if (!waits) return;
  tide.isPending ||= until <= now + SOON;
  tide.isLimited = true;
  work.waits(line.provider.name, until - now);
}

/** What stands between a line and the provider. */
interface Gate {
  pausedUntil: number;
  /** When the provider's limit lets the next call go (ms); null: as far as was asked, now. */
  shutUntil: number | null;
  isShut(): boolean;
  /** Lets one call through, and counts it. */
  pass(): boolean;
}

function gateOf({ kind, provider, operations: [operation] }: Line, { work }: Outlook): Gate {
  const isOpen = !isSending(kind) || operation === undefined;
  const gate: Gate = {
    pausedUntil: isOpen ? 0 : work.health.pausedUntil(provider.name),
    shutUntil: null,
    isShut() {
      gate.shutUntil = isOpen ? null : provider.turnAt(operation);
      return gate.shutUntil !== null;
    },
    pass() {
      gate.shutUntil = isOpen ? null : provider.admit(operation);
      return gate.shutUntil === null;
    },
  };
  return gate;
}
