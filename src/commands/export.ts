import type { Command } from 'commander';
import type { App } from '../app.ts';
import { prepareOutDir } from '../files/bundle.ts';
import { type Plan, planExport } from '../requests/plan.ts';
import type { ProviderName } from '../requests/request.ts';
import { planJson, planText } from '../report/plan-text.ts';
import { carryOut } from './carry-out.ts';
import { DEFAULT_OUT, outDirOf } from './out-dir.ts';
import { receivedAndDue } from './received.ts';
import { record } from './record.ts';
import { repeatable } from './repeatable.ts';
import { checkIds, subjectsOf } from './subjects.ts';
import { PROVIDERS, targetsOf } from './targets.ts';
import { type WaitFlags, declareWaitFlags, waitFlags } from './wait-flags.ts';

interface ExportOptions extends WaitFlags {
  users: readonly string[];
  provider: readonly ProviderName[];
  streamId: string | null;
  sendbirdId: string | null;
  reference: string | null;
  received: string | null;
  new: boolean;
  out: string | null;
  dryRun: boolean;
}

/** Declares `gdpr export` and runs it; resolves to the exit code. */
export function declareExport(command: Command, app: App, done: (code: number) => void): void {
  declareWaitFlags(command.argument('[user...]', 'user ids of the data subjects'))
    .option('--provider <name>', 'only stream, or sendbird (repeatable)', repeatable(PROVIDERS))
    .option('--stream-id <id>', 'the id at Stream, where it differs')
    .option('--sendbird-id <id>', 'the id at Sendbird, where it differs')
    .option('--reference <text>', "the operator's ticket")
    .option('--received <date>', 'when the person asked, YYYY-MM-DD (default today)')
    .option('--new', 'a new request even if one like it is open')
    .option('--out <dir>', `where bundles go (default ./${DEFAULT_OUT})`)
    .option('--dry-run', 'print the plan; nobody is called, nothing is recorded')
    .action(async (users: string[], options) => {
      const { provider = [], streamId = null, sendbirdId = null } = options;
      const { reference = null, received = null, out = null, dryRun = false } = options;
      const flags = { provider, streamId, sendbirdId, reference, received, out, dryRun };
      done(
        await runExport({ users, ...flags, new: options.new ?? false, ...waitFlags(options) }, app),
      );
    });
}

/** Plans, records, submits, checks, collects and prints receipts; resolves to the exit code. */
async function runExport(options: ExportOptions, app: App): Promise<number> {
  const subjects = subjectsOf(options, 'export');
  const settings = await app.settings();
  const providers = await app.providers(options);
  const targets = targetsOf(settings, providers, options.provider);
  checkIds(
    subjects,
    targets.map((target) => target.provider),
  );
  const outDir = outDirOf(options.out, app.host.cwd);
  const intake = {
    reference: options.reference,
    profile: settings.profile,
    operator: settings.operator,
    ...(await receivedAndDue(app, options.received)),
    outDir,
  };
  const plan = planExport(subjects, targets, intake, () => app.host.newId());
  if (options.dryRun) {
    printPlan(plan, app);
    return 0;
  }
  await prepareOutDir(outDir, { isDefault: options.out === null });
  const ids = await record(plan, options.new, app);
  return carryOut(ids, options, options.wait ? 'ended' : 'sent', app);
}

function printPlan(plan: Plan, { host, flags }: App): void {
  if (!flags.json) return host.stdout.write(`${planText(plan)}\n`);
  for (const request of plan.requests) {
    host.stdout.write(`${planJson(request)}\n`);
  }
}
