import { isAbsolute, join } from 'node:path';
import { GdprError } from '../../errors.ts';

/** The folder for bundles when nobody names one, in the current folder. */
export const DEFAULT_OUT = 'gdpr-exports';

/** The folder that `--out` names, absolute; null: the default. Throws GdprError `usage`. */
export function outDirOf(out: string | null, cwd: string): string {
  if (out === '') {
    throw new GdprError('usage', '--out names no folder.', {
      next: 'Nothing was sent. Name a folder, or leave --out out.',
    });
  }
  const dir = out ?? DEFAULT_OUT;
  return isAbsolute(dir) ? dir : join(cwd, dir);
}
