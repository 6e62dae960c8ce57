import type { Outcome } from './run.ts';

export function nothing(): Outcome {
  const counts = { rounds: 0, commands: 0, kills: 0, stops: 0, faults: 0, calls: 0 };
  return { ...counts, ends: [], violations: [], folder: null };
}

export function add(sum: Outcome, one: Outcome): Outcome {
  return {
    rounds: sum.rounds + one.rounds,
    commands: sum.commands + one.commands,
    kills: sum.kills + one.kills,
    stops: sum.stops + one.stops,
    faults: sum.faults + one.faults,
    ends: [...sum.ends, ...one.ends],
    calls: sum.calls + one.calls,
    violations: [...sum.violations, ...one.violations],
    folder: one.folder ?? sum.folder,
  };
}

/** One line of figures. */
export function summaryOf(outcome: Outcome): string {
  const { rounds, commands, kills, stops, faults, ends, calls, violations } = outcome;
  return [
    `${rounds} rounds`,
    `${commands} commands`,
    `${kills} killed`,
    `${stops} stopped`,
    `${faults} faults`,
    `${ends.length} requests (${endsOf(ends)})`,
    `${calls} calls`,
    `violations: ${violations.length}`,
  ].join(', ');
}

function endsOf(ends: readonly string[]): string {
  return [...new Set(ends)]
    .toSorted()
    .map((end) => `${ends.filter((each) => each === end).length} ${end}`)
    .join(', ');
}

/** What was violated, in which request, and how to look into it. */
export function violationLines({ violations, folder }: Outcome): string[] {
  if (folder === null) return [];
  const status = `(cd ${folder} && env $(cat env) node ${process.cwd()}/bin/gdpr.ts status --offline <request>)`;
  return [
    ...violations.map(
      ({ check, requestId, what }) => `  VIOLATION ${check}, ${requestId ?? '-'}: ${what}`,
    ),
    `  kept: ${folder} (commands.jsonl, receipts.jsonl, tasks.jsonl, sandbox.jsonl)`,
    `  look: ${status}`,
  ];
}
