import { isAbsolute, join } from 'node:path';
import type { Command } from 'commander';
import type { App } from '../app.ts';
import type { Settings } from '../config/settings.ts';
import { GdprError } from '../errors.ts';
import { prepareOutDir } from '../files/bundle.ts';
import type { Provider } from '../providers/provider.ts';
import { type ExportTarget, type Plan, planExport } from '../requests/plan.ts';
import type { Operation, ProviderName } from '../requests/request.ts';
import { planJson, planText } from '../report/plan-text.ts';
import { carryOut } from './carry-out.ts';
import { receivedAndDue } from './received.ts';
import { record } from './record.ts';
import { repeatable } from './repeatable.ts';
import { checkIds, subjectsOf } from './subjects.ts';
import { type WaitFlags, declareWaitFlags, waitFlags } from './wait-flags.ts';

const PROVIDERS: readonly ProviderName[] = ['stream', 'sendbird'];
const DEFAULT_OUT = 'gdpr-exports';

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
  const subjects = subjectsOf(options);
  const settings = await app.settings();
  const providers = await app.providers(options);
  const targets = targetsOf(settings, providers, options.provider);
  checkIds(
    subjects,
    targets.map((target) => target.provider),
  );
  if (options.out === '') {
    throw new GdprError('usage', '--out names no folder.', {
      next: 'Nothing was sent. Name a folder, or leave --out out.',
    });
  }
  const outDir = absolute(options.out ?? DEFAULT_OUT, app.host.cwd);
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

function targetsOf(
  { stream, profile }: Settings,
  providers: ReadonlyMap<ProviderName, Provider>,
  wanted: readonly ProviderName[],
): ExportTarget[] {
  const missing = wanted.find((name) => !providers.has(name));
  if (missing !== undefined) {
    throw new GdprError('config', `The profile ${profile} does not configure ${missing}.`, {
      next: 'Nothing was sent. Configure it, or leave --provider out.',
    });
  }
  const products = stream?.products ?? [];
  const ofStream: Operation[] = [
    ...(products.includes('feeds') ? (['export_feeds'] as const) : []),
    ...(products.some((each) => each !== 'feeds') ? (['export_users'] as const) : []),
  ];
  return [...providers.values()]
    .filter(({ name }) => wanted.length === 0 || wanted.includes(name))
    .map(({ name, account }) => ({
      provider: name,
      account,
      operations: name === 'stream' ? ofStream : ['access'],
    }));
}

function absolute(dir: string, cwd: string): string {
  return isAbsolute(dir) ? dir : join(cwd, dir);
}

function printPlan(plan: Plan, { host, flags }: App): void {
  if (!flags.json) return host.stdout.write(`${planText(plan)}\n`);
  for (const request of plan.requests) {
    host.stdout.write(`${planJson(request)}\n`);
  }
}
