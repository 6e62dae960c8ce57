import type { App } from '../../app.ts';
import type { Settings } from '../../config/settings.ts';
import type { ResultsPlace } from '../../files/csv/results-place.ts';
import type { Provider } from '../../providers/provider.ts';
import type { ExportTarget } from '../../requests/plan/plan.ts';
import type { Action, ProviderName } from '../../requests/request.ts';
import type { SubjectTable } from '../../subjects/subjects.ts';
import { type Guard, choiceGuards } from '../shared/guards.ts';
import { type RequestFlags, type WaitFlags } from '../shared/flags.ts';
import { targetsOf } from '../shared/targets.ts';
import { checkedResults } from './results.ts';
import { checkWho, subjectTableOf } from './subjects.ts';

/** What an export, an erase and a restore begin with, all of it checked. */
export interface Task {
  settings: Settings;
  providers: ReadonlyMap<ProviderName, Provider>;
  targets: readonly ExportTarget[];
  subjectTable: SubjectTable;
  results: ResultsPlace | null;
  /** The folder of the bundles; null: there are none. */
  outDir: string | null;
  /** Why it is not certain which account is meant: what a dry run reports. */
  doubts: readonly Guard[];
}

/**
 * Reads and checks whom a command is about, which providers are asked and where results go, and hands
 * that to `work`. `yes` null: it neither deletes nor brings back. Throws GdprError `usage` or `config`.
 */
export async function withSubjects(
  action: Action,
  options: RequestFlags & WaitFlags & { yes: boolean | null },
  outDirOf: () => string | null,
  app: App,
  work: (task: Task) => Promise<number>,
): Promise<number> {
  checkWho(options, action);
  const doubts = await choiceGuards(options.yes, options.dryRun, app);
  const settings = await app.settings();
  const providers = await app.providers(options, options.dryRun);
  const targets = targetsOf(settings, providers, options.provider);
  const outDir = outDirOf();
  const results = await checkedResults(options, outDir, app);
  const names = targets.map(({ provider }) => provider);
  const subjectTable = await subjectTableOf(options, action, names, app);
  try {
    return await work({ settings, providers, targets, subjectTable, results, outDir, doubts });
  } finally {
    subjectTable.close();
  }
}
