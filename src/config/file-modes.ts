import { type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Host } from '../host.ts';
import type { Choice } from './choose.ts';
import type { FoundFile } from './find.ts';
import { configFileFault } from './guarded-file.ts';
import { secretFileFault } from './secret-resolve.ts';

/** Who may do what with a file that decides about accounts or holds a secret. */
export interface FileMode {
  path: string;
  /** The permission bits; null: it cannot be looked at. */
  mode: number | null;
  /** What speaks against it, in words; null: nothing. */
  fault: string | null;
}

/** The modes of the configuration files that were found. */
export function configModes(found: readonly FoundFile[], host: Host): readonly FileMode[] {
  return found.map(({ path }) => modeOf(path, (stats) => configFileFault(path, stats, host.uid)));
}

/** The modes of the files that hold secrets of the profile. What is in them is not read. */
export function secretModes(choice: Choice, host: Host): readonly FileMode[] {
  if (choice.from !== 'file') return [];
  const { file, profile } = choice;
  const paths = [profile.stream?.apiSecret, profile.sendbird?.apiToken].flatMap((spec) =>
    spec?.kind === 'file' ? [resolve(dirname(file), spec.path)] : [],
  );
  return [...new Set(paths)].map((path) =>
    modeOf(path, (stats) => secretFileFault(stats, host.uid)),
  );
}

function modeOf(path: string, judge: (stats: Stats) => string | null): FileMode {
  try {
    const stats = statSync(path);
    return { path, mode: stats.mode & 0o777, fault: judge(stats) };
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown)) throw thrown;
    const isMissing = thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR';
    const fault = isMissing ? 'does not exist' : `cannot be looked at (${String(thrown.code)})`;
    return { path, mode: null, fault };
  }
}
