import packageFacts from '../../package.json' with { type: 'json' };
import type { GlobalFlags } from '../app.ts';
import type { ConfigExamination } from '../config/examine.ts';
import type { Settings } from '../config/settings.ts';
import type { Host } from '../host/host.ts';
import type { LedgerIntegrity } from '../ledger/audit-log/examine.ts';
import type { Pressing } from '../ledger/file/inspect.ts';
import type { ProviderName } from '../requests/request.ts';
import type { Probed } from './probe.ts';

/** How long a provider may take over a question, ms. */
const PATIENCE = 10_000;

/** How everything stands, for `gdpr doctor`: each part on its own, none changes anything. */
export interface Examination {
  /** The oldest version of Node that will do, such as `24.15`. */
  readonly oldestNode: string;
  /** How long a provider has for an answer, ms. */
  readonly patience: number;
  configuration(): Promise<ConfigExamination>;
  /** Null: the profile has no such provider. */
  provider(name: ProviderName, settings: Settings): Promise<Probed | null>;
  /** Null: there is no ledger. Throws GdprError `ledger` or `storage`. */
  ledger(settings: Settings): Promise<LedgerIntegrity | null>;
  /** As `ledger`; `older`: a ledger that its next use brings up to date first. Days `YYYY-MM-DD`. */
  pressing(settings: Settings, today: string, soon: string): Promise<Pressing | 'older' | null>;
}

/** An examination of what these flags and this host give. */
export function createExamination(flags: GlobalFlags, host: Host): Examination {
  return {
    oldestNode: packageFacts.engines.node.replace(/^>=/, ''),
    patience: PATIENCE,
    async configuration() {
      const { examineConfig } = await import('../config/examine.ts');
      return examineConfig(flags, host);
    },
    async provider(name, settings) {
      const { probe } = await import('./probe.ts');
      return probe(name, settings, PATIENCE, { verbose: flags.verbose, host });
    },
    async ledger({ stateDir }) {
      const { examineLedger } = await import('../ledger/audit-log/examine.ts');
      return examineLedger(stateDir, host.clock, host.stop);
    },
    async pressing({ stateDir }, today, soon) {
      const { pressing } = await import('../ledger/file/inspect.ts');
      return pressing(stateDir, today, soon);
    },
  };
}
