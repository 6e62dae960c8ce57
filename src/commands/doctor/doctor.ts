import type { Command } from 'commander';
import type { App } from '../../app.ts';
import { type FolderFacts, folderFacts } from '../../files/folder.ts';
import type { Check } from '../../report/doctor/check.ts';
import { configChecks, nodeCheck } from '../../report/doctor/config.ts';
import { bundleDiskCheck, ledgerDiskCheck, stateCheck } from '../../report/doctor/ledger.ts';
import { outDirOf } from '../shared/out-dir.ts';
import { ledgerAndDeadlines } from './ledger.ts';
import { attempt, concludeDoctor, notChecked, printerOf } from './print.ts';
import { askProviders } from './providers.ts';

/** Declares `gdpr doctor` and runs it; `done` gets the exit code. */
export function declareDoctor(command: Command, app: App, done: (code: number) => void): void {
  command
    .option('--out <dir>', 'where bundles would go (default ./gdpr-exports)')
    .action(async (options) => done(await runDoctor(options.out ?? null, app)));
}

/**
 * Checks one thing after the other and says each as soon as it is known; what one check comes to
 * keeps no other from being made. Makes and records nothing. Resolves to the exit code.
 */
async function runDoctor(out: string | null, app: App): Promise<number> {
  const { host } = app;
  const outDir = outDirOf(out, host.cwd);
  const examination = await app.examination();
  const printer = printerOf(app);
  printer.print([nodeCheck(host.node, examination.oldestNode)]);

  const read = await attempt('configuration', () => examination.configuration());
  const settings = read.done ? read.value.settings : null;
  printer.print(read.done ? configChecks(read.value) : [read.check]);

  if (settings === null) {
    printer.print(['state', 'stream', 'sendbird', 'ledger', 'overdue'].map(notChecked));
  } else {
    const state = await attempt('state', () => folderFacts(settings.stateDir));
    printer.print(state.done ? stateChecks(state.value, host.uid) : [state.check]);
    for await (const checks of askProviders(examination, settings)) printer.print(checks);
    for await (const checks of ledgerAndDeadlines(examination, settings, host)) {
      printer.print(checks);
    }
  }
  const bundles = await attempt('disk.bundles', () => folderFacts(outDir));
  printer.print([bundles.done ? bundleDiskCheck(bundles.value) : bundles.check]);
  const isUntrusted = read.done && read.value.fault?.fault === 'untrusted';
  return concludeDoctor(printer.checks, isUntrusted ? 4 : 1, app);
}

function stateChecks(state: FolderFacts, uid: number): readonly Check[] {
  return [stateCheck(state, uid), ledgerDiskCheck(state)];
}
