import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessIdentity } from './host.ts';

/** The first pid namespace of a Linux kernel (`PROC_PID_INIT_INO`); any other is a container's. */
const OUTERMOST = 'pid:[4026531836]';

/**
 * This process, told apart from every other. `host` also names a container's pid namespace: pids
 * mean nothing across namespaces, even where the host name is shared.
 */
export function ownIdentity(): ProcessIdentity {
  const started = startOf(process.pid);
  if (started === null) throw new Error('this process has no start time in the process table');
  return { host: machine(), boot: bootId(), pid: process.pid, started };
}

/**
 * Whether a process still runs, seen from `own`. One of another host cannot be judged and counts
 * as alive; one of an earlier boot, a zombie, and a pid that began at another time are dead.
 */
export function isAlive(other: ProcessIdentity, own: ProcessIdentity): boolean {
  if (other.host !== own.host) return true;
  if (other.boot !== own.boot) return false;
  const presence = signalled(other.pid);
  if (presence === 'absent') return false;
  const started = startOf(other.pid);
  // Hidden from us (hidepid) and still there: nothing to compare, and alive is the careful answer.
  if (started === null) return presence === 'foreign';
  return started === other.started;
}

function signalled(pid: number): 'ours' | 'foreign' | 'absent' {
  try {
    process.kill(pid, 0);
    return 'ours';
  } catch (error) {
    if (hasCode(error, 'EPERM')) return 'foreign';
    if (hasCode(error, 'ESRCH')) return 'absent';
    throw error;
  }
}

/** When a process began, in the system's words; null when it is gone, a zombie or hidden. */
function startOf(pid: number): string | null {
  return process.platform === 'linux' ? linuxStart(pid) : macStart(pid);
}

function linuxStart(pid: number): string | null {
  const stat = orNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat === null ? null : startInStat(stat);
}

/**
 * Field 22 of `/proc/<pid>/stat` (proc(5): clock ticks after boot). Counted from the last `)`,
 * since the name in field 2 may hold spaces and parentheses. Null for a zombie (field 3).
 */
export function startInStat(stat: string): string | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  return state === 'Z' || state === 'X' ? null : (fields[19] ?? null);
}

function macStart(pid: number): string | null {
  try {
    const row = output('/bin/ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
    const [state = '', ...started] = row.trim().split(/\s+/);
    return state.startsWith('Z') || started.length === 0 ? null : started.join(' ');
  } catch (error) {
    // ps ends with 1 when there is no such process.
    if (error instanceof Error && 'status' in error && error.status === 1) return null;
    throw error;
  }
}

/** macOS: not `kern.boottime`, which moves when the clock is set. */
function bootId(): string {
  if (process.platform === 'linux') {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  }
  return output('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid']).trim();
}

/**
 * What a tool of the system prints, in UTC and without a language: what two processes with other
 * settings read must be equal. The module is fetched late, for it slows the start.
 */
function output(tool: string, args: readonly string[]): string {
  return process.getBuiltinModule('node:child_process').execFileSync(tool, args, {
    encoding: 'utf8',
    env: { LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

function machine(): string {
  if (process.platform !== 'linux') return hostname();
  const namespace = orNull(() => readlinkSync('/proc/self/ns/pid'));
  return namespace === null || namespace === OUTERMOST ? hostname() : `${hostname()} ${namespace}`;
}

/** What is read, or null where there is nothing, or nothing for us. */
function orNull(read: () => string): string | null {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].some((code) => hasCode(error, code))) return null;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
