import type { Cast } from './cast.ts';
import type { Chance } from './chance.ts';
import type { Command } from './commands.ts';
import { PASSED } from './ends.ts';

const CALLS = [
  'reset',
  'answer-lost',
  'answer-lost',
  'bad-json',
  'wrong-shape',
  'http-500',
  'http-503',
  'http-429',
  'edge-text',
  'unauthorized',
  'unauthorized-401',
  'slow',
] as const;

/** Answers that cost a second or more each: only a few times. */
const SLOW: ReadonlySet<string> = new Set(['slow', 'http-429', 'http-503']);

const TASKS = [
  'task-fails',
  'task-fails-bare',
  'task-fails-then-completes',
  'task-unknown-status',
  'task-forgotten',
  'task-no-url',
  'no-data',
  'unknown-user-no-data',
  'unknown-user-accepted',
  'link-not-renewed',
  'cancel-shown',
  'cancel-ignored',
] as const;

const FILES = [
  'link-expired',
  'redirect',
  'redirect-loop',
  'redirect-file',
  'file-html',
  'file-xml',
  'file-empty',
  'file-error',
  'file-error-own',
  'file-hollow',
  'file-truncated',
  'file-short',
  'file-reset',
  'file-changed',
  'file-corrupt',
  'no-length',
] as const;

/** The faults of a round, in the words of the sandbox: calls of its commands, tasks and files. */
export function drawFaults(
  chance: Chance,
  { subjects }: Cast,
  commands: readonly Command[],
): string[] {
  if (chance.is(0.2)) return [];
  const named = subjects.filter((id) => commands.some(({ args }) => args.includes(id)));
  const concerned = named.length > 0 ? named : subjects;
  return Array.from({ length: chance.int(1, 4) }, () => {
    const draw = chance.next();
    if (draw < 0.5) return drawCallFault(chance, commands);
    if (draw < 0.74) return `${chance.pick(TASKS)}=${chance.pick([1, 2, 0.3, 0.6])}`;
    if (draw < 0.75) return 'task-never-ends=1';
    if (draw < 0.85) return `${chance.pick(PERSONAL)}=id:${chance.some(concerned, 1).join('')}`;
    return `${chance.pick(FILES)}${often(chance, false)}`;
  });
}

/** Whether it is killed in any case, so that it need not wait out what hangs. */
function isShort({ end }: Command): boolean {
  return end.kind === 'signal' && end.signal === 'SIGKILL' && end.at.kind === 'start';
}

/** Faults of one person: it is known then whose deletion the provider does not carry out. */
const PERSONAL = ['user-stays-visible', 'batch-refused', 'delete-user-fails'] as const;

function drawCallFault(chance: Chance, commands: readonly Command[]): string {
  const scopes = commands.flatMap(({ order }) => passedBy(order));
  const [scope = 'queryUsers'] = chance.some(scopes, 1);
  if (commands.every(isShort) && chance.is(0.4)) return `hang@${scope}=1`;
  const fault = chance.pick(CALLS);
  return `${fault}@${scope}${often(chance, SLOW.has(fault))}`;
}

function passedBy(order: Command['order']): readonly string[] {
  return order === 'refused' || order === 'status' ? [] : PASSED[order];
}

/** A few times, at a rate, or as long as the round lasts. */
function often(chance: Chance, isSlow: boolean): string {
  const draw = chance.next();
  if (isSlow || draw < 0.5) return `=${chance.int(1, isSlow ? 2 : 3)}`;
  return draw < 0.85 ? `=${chance.pick([0.1, 0.3, 0.5])}` : '';
}
