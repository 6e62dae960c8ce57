/** Opens the ledger in `argv[2]` and records requests named after `argv[3]`, `argv[4]` of them or without end. */
import process from 'node:process';
import { openLedger } from '../../../src/ledger/sqlite.ts';
import { virtualClock } from '../../support/virtual-clock.ts';
import { plan } from '../plan.ts';

const [, , folder = '', name = '', many] = process.argv;
const self = { host: 'box', boot: 'boot-1', pid: process.pid, started: name };
const ledger = await openLedger(folder, {
  clock: virtualClock(),
  isAlive: () => true,
  process: self,
});
const total = many === undefined ? Number.POSITIVE_INFINITY : Number(many);
for (let index = 0; index < total; index += 1) {
  const { id, steps } = plan(`${name}${String(index)}`);
  await ledger.open([plan(`${name}${String(index)}`)], () => ({ kind: 'record' }), index);
  await ledger.take([id], { token: name, process: self }, index);
  const patch = { state: 'failed', finishedAt: index } as const;
  await ledger.record(name, { at: index, steps: steps.map((step) => ({ id: step.id, patch })) });
  process.stdout.write(`${id}\n`);
}
await ledger.close();
