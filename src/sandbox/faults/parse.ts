import { DOWNLOAD, batchOperations, operations } from '../operations.ts';
import { type FaultDescription, faultTable } from './table.ts';

export interface FaultSpec {
  name: string;
  /** A provider, an operation of the sandbox's table or `downloadFile`; null = wherever it can happen. */
  scope: string | null;
  /** The first n matches only. */
  count: number | null;
  /** The share of matches, above 0 and below 1. */
  rate: number | null;
  /** Only what concerns this user id. */
  userId: string | null;
}

/**
 * Reads `<name>[@<scope>][=<value>]`. The value is a count (integer of 1 or more), a rate
 * (between 0 and 1) or `id:<user id>`; without it the fault happens always.
 * @throws Error with a sentence that lists what is known.
 */
export function parseFault(text: string): FaultSpec {
  const equals = text.indexOf('=');
  const head = equals === -1 ? text : text.slice(0, equals);
  const value = equals === -1 ? null : text.slice(equals + 1);
  const at = head.indexOf('@');
  const name = at === -1 ? head : head.slice(0, at);
  const scope = at === -1 ? null : head.slice(at + 1);
  const described = faultTable.find((fault) => fault.name === name);
  if (!described) {
    const known = faultTable.map((fault) => fault.name).join(', ');
    throw new Error(`Unknown fault "${name}" in "${text}". Known faults: ${known}.`);
  }
  if (scope !== null && !scopesOf(described).includes(scope)) {
    throw new Error(
      `The fault "${name}" has no scope "${scope}". It takes: ${scopesOf(described).join(', ')}.`,
    );
  }
  return { name, scope, ...parseValue(text, value) };
}

/** The scopes a fault can take. */
export function scopesOf(fault: FaultDescription): string[] {
  const providers = ['stream', 'sendbird'];
  switch (fault.kind) {
    case 'call':
      return [...providers, ...operations.map((operation) => operation.name), DOWNLOAD];
    case 'batch':
      return [...providers, ...batchOperations];
    case 'task':
      return [...providers, ...starters(['export', 'deletion', 'change'])];
    case 'file':
      return [...providers, DOWNLOAD, ...starters(['export'])];
  }
}

function starters(kinds: readonly string[]): string[] {
  return operations.flatMap(({ name, starts }) =>
    starts !== undefined && kinds.includes(starts) ? [name] : [],
  );
}

function parseValue(text: string, value: string | null): Omit<FaultSpec, 'name' | 'scope'> {
  if (value === null) return { count: null, rate: null, userId: null };
  if (value.startsWith('id:') && value.length > 3) {
    return { count: null, rate: null, userId: value.slice(3) };
  }
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (Number.isInteger(number) && number >= 1) return { count: number, rate: null, userId: null };
  if (number > 0 && number < 1) return { count: null, rate: number, userId: null };
  throw new Error(
    `The value "${value}" in "${text}" is neither a count (1, 2, …), nor a rate between 0 and 1, nor id:<user id>.`,
  );
}
