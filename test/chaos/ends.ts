import type { Chance } from './chance.ts';
import type { Order } from './commands.ts';

/** How a command ends: by itself, or by a signal at some instant. */
export type End =
  | { kind: 'itself' }
  | { kind: 'signal'; signal: NodeJS.Signals; times: 1 | 2; at: Instant };

/** When a signal is sent. The delays (ms) only choose an instant: no verdict depends on them. */
export type Instant =
  /** When a call waits at this gate of the sandbox (`hold@deleteUsers`). */
  | { kind: 'gate'; fault: string; scope: string }
  /** So many calls after the start, and a moment later. */
  | { kind: 'calls'; count: number; delay: number }
  /** So long after the process was started. */
  | { kind: 'start'; delay: number };

const EXPORTS = ['exportFeedUserData', 'exportUsers', 'registerGdprAccess'] as const;
const CHECKS = ['getTask', 'viewGdprRequest'] as const;
const DELETIONS = ['deleteFeedUserData', 'deleteUsers', 'registerGdprDelete'] as const;

/** Where the calls of a command pass. */
export const PASSED = {
  export: [...EXPORTS, ...CHECKS, 'downloadFile'],
  erase: [
    ...DELETIONS,
    ...DELETIONS,
    ...CHECKS,
    'queryUsers',
    'listUsers',
    'queryFeeds',
    'queryActivities',
  ],
  restore: ['restoreUsers', 'queryUsers'],
  resume: [...CHECKS, ...DELETIONS, ...EXPORTS, 'listGdprRequests', 'downloadFile', 'queryUsers'],
  cancel: ['viewGdprRequest', 'cancelGdprRequest'],
} as const;

/** Most are killed; some are asked to stop, some live. */
export function drawEnd(chance: Chance, order: Order): End {
  if (order === 'refused' || order === 'status' || chance.is(0.15)) return { kind: 'itself' };
  if (chance.is(0.8))
    return { kind: 'signal', signal: 'SIGKILL', times: 1, at: drawInstant(chance, order) };
  const signal = chance.pick(['SIGINT', 'SIGINT', 'SIGTERM', 'SIGHUP'] as const);
  return { kind: 'signal', signal, times: chance.is(0.25) ? 2 : 1, at: drawInstant(chance, order) };
}

function drawInstant(chance: Chance, order: keyof typeof PASSED): Instant {
  const draw = chance.next();
  if (draw < 0.5) return drawGate(chance, order);
  const most = order === 'restore' ? 3 : 9;
  if (draw < 0.9) return { kind: 'calls', count: chance.int(1, most), delay: chance.int(0, 12) };
  return { kind: 'start', delay: chance.int(100, 1500) };
}

function drawGate(chance: Chance, order: keyof typeof PASSED): Instant {
  if (order === 'export' && chance.is(0.25)) {
    return { kind: 'gate', fault: 'hold-file', scope: chance.pick(EXPORTS) };
  }
  const fault = chance.pick(['hold', 'hold-answer', 'hold-answer']);
  return { kind: 'gate', fault, scope: chance.pick(PASSED[order]) };
}
