import type { ApiAnswer } from '../../src/http/exchange.ts';
import { OBEYED, textsIn } from '../shell/hostile.ts';
import type { Asked } from './asked.ts';

/** What an adapter knew when it answered. */
export interface Heard {
  asked: Asked;
  now: number;
  /** Everything that the provider said, in its order. */
  answers: readonly ApiAnswer[];
  secrets: readonly string[];
}

const DAY = 86_400_000;
const LONGEST = 600;

/** Why an answer of an adapter must not be; empty: it may. */
export function faultsOf(result: unknown, heard: Heard): string[] {
  const { asked } = heard;
  const faults = textsIn(result).flatMap((text) => textFault(text, heard));
  if (asked.name === 'limits') return [...faults, ...limitFaults(result)];
  const reports = asked.name.startsWith('check') ? result : new Map([['', result]]);
  if (!(reports instanceof Map)) return [...faults, 'no reports'];
  if (asked.name.startsWith('check')) {
    const wanted = asked.name === 'check many' ? ['call-1', 'call-2'] : ['call-1'];
    const isAll = reports.size === wanted.length && wanted.every((id) => reports.has(id));
    if (!isAll) faults.push('reports about other calls');
  }
  for (const report of reports.values()) faults.push(...reportFaults(report, heard));
  return faults;
}

function textFault(text: string, { asked, secrets }: Heard): string[] {
  if (asked.subjectIds.includes(text)) return [];
  if (OBEYED.test(text)) return [`obeyed by terminals: ${JSON.stringify(text)}`];
  if (text.length > LONGEST) return [`${text.length} characters long`];
  return secrets.some((secret) => text.includes(secret)) ? ['a secret is shown'] : [];
}

function reportFaults(report: unknown, heard: Heard): string[] {
  const { asked, answers, now } = heard;
  const kind = fieldOf(report, 'kind');
  if (typeof kind !== 'string' || !asked.kinds.includes(kind)) return [`the kind ${String(kind)}`];
  const saidYes = (word: string): boolean =>
    answers.some(({ status, text }) => status >= 200 && status < 300 && text.includes(word));
  const saidNo = answers.some(({ status, text }) => status >= 400 || text.includes('error'));
  const isChecked = asked.name.startsWith('check');
  const isTold = isChecked ? saidYes('"completed"') || saidYes('"done"') : saidYes('');
  const rules: readonly [string, boolean][] = [
    ['accepted without a task', kind !== 'accepted' || isTask(fieldOf(report, 'taskId'), saidYes)],
    ['done without a word about it', kind !== 'done' || isTold],
    ['absent without a no', kind !== 'absent' || saidNo],
    ['to be asked again in a century', isSoon(fieldOf(report, 'retryAt') ?? null, now)],
    ...sightRules(report, heard),
  ];
  return rules.flatMap(([rule, holds]) => (holds ? [] : [rule]));
}

function isSoon(at: unknown, now: number): boolean {
  return at === null || (typeof at === 'number' && at <= now + DAY);
}

/** Whom a look shows, and which tasks a search: those that were asked about, and no others. */
function sightRules(report: unknown, { asked, answers }: Heard): [string, boolean][] {
  const presence = fieldOf(report, 'presence');
  const visible = fieldOf(report, 'visible');
  const tasks = fieldOf(report, 'tasks');
  const shown = presence instanceof Map ? [...presence] : [];
  const isNamed = (id: unknown): boolean => answers.some(({ text }) => namesIt(text, String(id)));
  const ids = shown.map(([id]) => String(id)).join();
  return [
    ['not who was asked for', !(presence instanceof Map) || ids === asked.subjectIds.join()],
    [
      'somebody out of nowhere',
      shown.every(([id, seen]) => fieldOf(seen, 'visible') !== true || isNamed(id)),
    ],
    ['somebody who was not looked for', !(visible instanceof Set) || visible.size <= 1],
    ['a task from before', !Array.isArray(tasks) || tasks.every(isRecent)],
  ];
}

function isRecent(task: unknown): boolean {
  const at = fieldOf(task, 'createdAt');
  return typeof at === 'number' && at >= 1_000;
}

/** An account that is deactivated is told by a number, and not by its name. */
function namesIt(text: string, id: string): boolean {
  return text.includes(id) || text.includes('400300') || text.includes('\\u');
}

function isTask(taskId: unknown, saidYes: (word: string) => boolean): boolean {
  if (typeof taskId !== 'string') return false;
  const isPlain = /^[\x21-\x7E]{1,256}$/.test(taskId) && taskId !== '.' && taskId !== '..';
  return isPlain && (saidYes(JSON.stringify(taskId).slice(1, -1)) || saidYes('\\'));
}

function limitFaults(limits: unknown): string[] {
  if (!(limits instanceof Map)) return ['no limits'];
  return [...limits.values()].flatMap((limit) => {
    const numbers = ['limit', 'remaining', 'window', 'resetAt'].map((key) => fieldOf(limit, key));
    return numbers.every((each) => typeof each === 'number' && each >= 0 && each < 1e15)
      ? []
      : [`a limit of ${numbers.join()}`];
  });
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
