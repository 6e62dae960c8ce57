import { Chalk, type ChalkInstance } from 'chalk';
import type { Output } from '../host.ts';

/** No colour at all: for paper and pipes. */
export const plainPaint: ChalkInstance = new Chalk({ level: 0 });

const basicPaint: ChalkInstance = new Chalk({ level: 1 });

/** Colour where a person reads it: `--no-color`, `NO_COLOR`, `TERM=dumb` and pipes get none. */
export function paintFor(
  output: Output,
  env: Readonly<Record<string, string | undefined>>,
  allowed: boolean,
): ChalkInstance {
  const set = (name: string): boolean => (env[name] ?? '') !== '';
  if (!allowed || set('NO_COLOR')) return plainPaint;
  if (set('FORCE_COLOR')) return env['FORCE_COLOR'] === '0' ? plainPaint : basicPaint;
  return output.isTTY && env['TERM'] !== 'dumb' ? basicPaint : plainPaint;
}
