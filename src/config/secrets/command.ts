import { existsSync } from 'node:fs';
import type { GdprError } from '../../errors.ts';
import type { Host } from '../../host/host.ts';

/** How long a command may take, ms: enough for a person to unlock a password manager. */
const PATIENCE = 120_000;
const LARGEST = 64 * 1024;

/**
 * Runs a secret's command without a shell and answers with its standard output. What it prints is
 * never shown: its errors go nowhere, and `refuse` is told its name and how it ended.
 */
export async function commandOutput(
  { command, args }: { command: string; args: readonly string[] },
  cwd: string,
  host: Host,
  refuse: (what: string) => GdprError,
): Promise<string> {
  const { execa } = await import('execa');
  const result = await execa(command, args, {
    // The folder of a configuration that is only being made is not there yet.
    cwd: existsSync(cwd) ? cwd : host.cwd,
    env: host.env,
    extendEnv: false,
    stdin: 'ignore',
    stderr: 'ignore',
    maxBuffer: LARGEST,
    timeout: PATIENCE,
    cancelSignal: host.stop,
    reject: false,
  });
  if (!result.failed) return result.stdout;
  throw refuse(`The command ${command} ${ending(result)}`);
}

function ending(result: {
  timedOut: boolean;
  isCanceled: boolean;
  isMaxBuffer: boolean;
  exitCode?: number | undefined;
  signal?: string | undefined;
  code?: string | undefined;
}): string {
  if (result.isCanceled) return 'was interrupted';
  if (result.timedOut) return `gave no answer in ${PATIENCE / 1000} s`;
  if (result.isMaxBuffer) return 'wrote more than 64 KiB';
  if (result.exitCode !== undefined) return `ended with exit code ${result.exitCode}`;
  if (result.signal !== undefined) return `was ended by ${result.signal}`;
  return `could not be started (${result.code ?? 'unknown reason'})`;
}
