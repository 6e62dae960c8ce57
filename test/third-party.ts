/* Writes THIRD-PARTY.md from the lock file: `npm run third-party`. A test compares the two. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import lock from '../package-lock.json' with { type: 'json' };

/** A package as the lock file has it. */
interface Locked {
  version?: string;
  license?: string;
  integrity?: string;
  resolved?: string;
  hasInstallScript?: boolean;
  dev?: boolean;
  devOptional?: boolean;
}

export const PLACE = join(import.meta.dirname, '../THIRD-PARTY.md');

export const packages = Object.entries<Locked>(lock.packages).flatMap(([path, locked]) =>
  path === '' ? [] : [{ name: path.replace(/^.*node_modules\//, ''), ...locked }],
);

/** What users get, by licence. */
export const byLicence = Map.groupBy(
  packages.filter(({ dev, devOptional }) => dev !== true && devOptional !== true),
  ({ license }) => license ?? 'none',
);

export function thirdParty(): string {
  const parts = [...byLicence].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(section);
  return `${HEAD}\n${parts.join('\n')}`;
}

const HEAD = `# What is installed, and under which licences

Every package is pinned by its content in \`package-lock.json\`. None runs a script when it is
installed, except \`node\`, which brings the runtime (for development only). What users get, each with
its licence's text in its folder below \`node_modules\`; written by \`npm run third-party\`:
`;

function section([licence, those]: [string, typeof packages]): string {
  const lines = those.map(({ name, version }) => `- ${name} ${version ?? ''}`).toSorted();
  return `## ${licence}\n\n${[...new Set(lines)].join('\n')}\n`;
}

if (import.meta.main) await writeFile(PLACE, thirdParty());
