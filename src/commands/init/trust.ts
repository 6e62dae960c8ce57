import type { App } from '../../app.ts';
import { GdprError } from '../../errors.ts';
import { freeText } from '../../report/text.ts';
import { interrupted } from '../shared/confirm.ts';
import { askingGuard, enforce } from '../shared/guards.ts';
import { readAnswer } from '../shared/prompt.ts';

type ProjectFile = Awaited<ReturnType<App['projectFile']>>;

const SAFE = 'Nothing was trusted, and nothing of the file is used.';

/** Shows the project's file and trusts it as it was shown, after a yes; resolves to the exit code. */
export async function runTrust(yes: boolean, app: App): Promise<number> {
  requireNoOther(app);
  const file = await app.projectFile();
  if (!file.isTrusted) {
    const next = 'Nothing was trusted. If the file is right: add --yes, or name it with --config';
    enforce(askingGuard(yes, app).map((guard) => ({ ...guard, next })));
    if (!(yes && (app.flags.quiet || app.flags.json))) show(file, app);
    const stopped = yes ? null : await ask(app);
    if (stopped !== null) return stopped;
    await file.trust();
  }
  printEnd(file, app);
  return 0;
}

/** With another file named, the project's is not used. */
function requireNoOther({ flags, host }: App): void {
  const named = flags.config !== null ? '--config' : 'GDPR_CONFIG';
  if (flags.config === null && (host.env['GDPR_CONFIG'] ?? '') === '') return;
  throw new GdprError('usage', `--trust is for the project's file, and ${named} names another.`, {
    next: `Nothing was changed. A file that ${named} names needs no trust.`,
  });
}

/** What is not ours begins with a bar: nothing in it can pass for our own words. */
function show({ path, shown }: ProjectFile, { host }: App): void {
  const lines = shown.trimEnd().split('\n');
  host.stderr.write(
    [
      "The project's file says, without its comments:",
      `  ${freeText(path)}`,
      ...lines.map((line) => `  | ${freeText(line)}`),
      'Once trusted, it decides which apps are asked. They are sent the secrets that it names, and',
      'its commands are run as you.',
      '',
    ].join('\n'),
  );
}

/** Null: yes. The exit code when a signal or Ctrl-C came instead. */
async function ask(app: App): Promise<number | null> {
  const message = 'Trust it, as it is shown here?';
  const reply = await readAnswer({ kind: 'yes_or_no', message }, app.host);
  if (reply.kind === 'stopped') return interrupted(SAFE, app);
  if (reply.kind === 'text' && reply.text === 'yes') return null;
  throw new GdprError('guard', 'Not trusted.', { next: SAFE });
}

function printEnd({ path, sha256 }: ProjectFile, { host, flags }: App): void {
  host.stdout.write(
    flags.json
      ? `${JSON.stringify({ schema: 'gdpr-trust/1', file: path, sha256 })}\n`
      : `Trusted, until it is changed:\n  ${freeText(path)}\n`,
  );
}
