import { cpus, loadavg, totalmem } from 'node:os';

/** What the figures were measured on, in one line. The load is that of the last minute. */
export function machine(): string {
  const [first] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return `Machine: ${cpus().length} cores, ${first?.model ?? 'unknown CPU'}, ${memory}, ${process.platform} ${process.arch}, Node ${process.version}, load ${load}`;
}
