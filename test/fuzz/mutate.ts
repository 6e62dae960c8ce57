import type { Chance } from '../chaos/chance.ts';
import { EVIL } from '../shell/hostile.ts';
import type { Recorded } from './corpus.ts';

/** What may stand anywhere in a document instead of what belongs there. */
const VALUES: readonly [unknown, ...unknown[]] = [
  EVIL,
  null,
  true,
  false,
  '',
  ' ',
  '.',
  '..',
  '../../etc/passwd',
  'ada',
  'bob',
  'completed',
  'done',
  'failed',
  'ok',
  0,
  -1,
  1.5,
  4,
  16,
  400_201,
  1e21,
  -1e308,
  8.64e15,
  Number.MAX_SAFE_INTEGER,
  [],
  {},
  [[]],
  [null],
  'x'.repeat(100_000),
  'file:///etc/passwd',
  'https://169.254.169.254/latest/meta-data',
  'https://files.test/x?X-Amz-Signature=c0ffee',
  'eyJhbGciOiJIUzI1NiJ9.eyJzZXJ2ZXIiOnRydWV9.c2lnbmF0dXJl',
];

const KEYS = [
  'task_id',
  'request_id',
  'status',
  'user_id',
  'id',
  'url',
  'next',
  'error',
  'code',
] as const;
const STATUS = [
  200, 201, 202, 204, 206, 301, 302, 304, 400, 401, 403, 404, 408, 409, 410, 414, 418, 429, 500,
  502, 503, 599,
] as const;
const HEADERS = [
  'retry-after',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'x-ratelimit-retryafter',
  'content-type',
  'location',
  'etag',
  'content-encoding',
] as const;
const SAID = [
  '0',
  '-1',
  'NaN',
  '1e99',
  '60',
  '31536000',
  '9'.repeat(15),
  '9'.repeat(400),
  '100;w=60',
  '5;w=0',
  'x',
  '',
  'Fri, 31 Dec 9999 23:59:59 GMT',
  'file:///etc/passwd',
  '\u009B31m',
  'gzip',
] as const;

/** An answer that somebody hostile, or something broken, has made of a recorded one. */
export function mutated(
  answer: Recorded,
  others: readonly [Recorded, ...Recorded[]],
  chance: Chance,
): Recorded {
  let { status, value, text } = answer;
  const headers: Record<string, string> = { ...answer.headers };
  for (let count = chance.int(0, 4); count > 0 && value !== undefined; count -= 1) {
    value = changed(value, others, chance);
  }
  if (value !== undefined) text = JSON.stringify(value) ?? 'null';
  if (chance.is(0.1)) text = spoilt(text, chance);
  if (chance.is(0.1)) status = chance.pick(STATUS);
  for (let count = chance.int(-3, status === 429 ? 9 : 3); count > 0; count -= 1) {
    headers[chance.pick(HEADERS)] = chance.pick(SAID);
  }
  return { status, headers, text, value };
}

/** The document with one thing in it changed. */
function changed(
  value: unknown,
  others: readonly [Recorded, ...Recorded[]],
  chance: Chance,
): unknown {
  const goesOn = typeof value === 'object' && value !== null && chance.is(0.75);
  if (!goesOn) return replaced(value, others, chance);
  if (Array.isArray(value)) return changedList(value, others, chance);
  const entries = Object.entries(value);
  const at = chance.int(0, Math.max(0, entries.length - 1));
  const [key, inner] = entries[at] ?? ['x', null];
  const rest = entries.filter((_, index) => index !== at);
  if (chance.is(0.1)) return Object.fromEntries(rest);
  if (chance.is(0.1)) return Object.fromEntries([...rest, [chance.pick(KEYS), inner]]);
  if (chance.is(0.03)) return Object.fromEntries([...entries, [EVIL, value]]);
  return Object.fromEntries([...rest, [key, changed(inner, others, chance)]]);
}

function changedList(
  list: readonly unknown[],
  others: readonly [Recorded, ...Recorded[]],
  chance: Chance,
): unknown {
  const at = chance.int(0, Math.max(0, list.length - 1));
  if (chance.is(0.1)) return list.filter((_, index) => index !== at);
  if (chance.is(0.05)) return Array.from({ length: chance.pick([2, 101, 2_000]) }, () => list[at]);
  if (chance.is(0.1)) return [...list, ...list];
  return list.map((each, index) => (index === at ? changed(each, others, chance) : each));
}

function replaced(
  value: unknown,
  others: readonly [Recorded, ...Recorded[]],
  chance: Chance,
): unknown {
  if (chance.is(0.15)) return chance.pick(others).value ?? null;
  if (chance.is(0.05)) return nested(chance.int(1, 500));
  if (typeof value === 'number' && chance.is(0.5))
    return value * chance.pick([-1, 0, 1e-3, 1e3, 1e9]);
  if (typeof value === 'string' && chance.is(0.3))
    return value + chance.pick([EVIL, ' ', '\0', value]);
  return chance.pick(VALUES);
}

function nested(depth: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** A text that is cut, doubled, wrapped, or has a wrong character. */
function spoilt(text: string, chance: Chance): string {
  const at = chance.int(0, text.length);
  switch (chance.int(0, 6)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text + text;
    case 2:
      return `<html><body>${text}</body></html>`;
    case 3:
      return `\uFEFF${text}`;
    case 4:
      return '';
    case 5:
      return `${text.slice(0, at)}${EVIL}${text.slice(at)}`;
    default:
      return text.slice(0, at) + String.fromCodePoint(chance.int(0, 0xd7ff)) + text.slice(at + 1);
  }
}
