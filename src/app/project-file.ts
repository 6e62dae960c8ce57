import { findProjectFile } from '../config/find.ts';
import { readProjectFile } from '../config/read.ts';
import { hashOf, rememberTrust, shown, trustFolder, trustedHash } from '../config/trust.ts';
import { GdprError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { makeUserFolder } from './setup.ts';

/** The project's file, for its user to trust or not. */
export interface ProjectFile {
  /** The real one. */
  readonly path: string;
  readonly sha256: string;
  /** What it says as every command would read it, without secrets; nothing is escaped. */
  readonly shown: string;
  readonly isTrusted: boolean;
  /** Remembers it as it was read. Throws GdprError `storage`. */
  trust(): Promise<void>;
}

/** Reads it. Throws GdprError `usage` where there is none, `config` where it could not be used anyway. */
export async function openProjectFile(host: Host): Promise<ProjectFile> {
  const found = findProjectFile(host);
  if (found === null) {
    throw new GdprError('usage', 'There is no file of a project in this folder or above.', {
      next: 'Nothing was changed. Your own file needs no trust, nor does one that --config names.',
    });
  }
  const { path, bytes, value } = await readProjectFile(found, host);
  const trusted = await trustedHash(path, host);
  if ('fault' in trusted) {
    throw new GdprError('config', `${trusted.fault}.`, {
      next: 'Nothing was changed. Mend or remove it, then run the same command again.',
    });
  }
  const sha256 = hashOf(bytes);
  return {
    path,
    sha256,
    shown: shown(value),
    isTrusted: trusted.sha256 === sha256,
    async trust() {
      await makeUserFolder(trustFolder(host));
      await rememberTrust(path, bytes, host);
    },
  };
}
