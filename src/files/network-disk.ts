/**
 * What statfs(2) of Linux calls file systems of other machines (linux/magic.h). macOS numbers its
 * own anew at each start, so that there, and for FUSE, nothing can be told; nor for 9P, through
 * which a virtual machine sees folders of the machine that it runs on.
 */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x73757245, 'Coda'],
  [0x0bd00bd0, 'Lustre'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
]);

/** The kind of network file system that statfs names by this number; null: none that is known. */
export function networkDisk(type: number): string | null {
  // Some systems give the number as a signed one.
  return NETWORK.get(type >>> 0) ?? null;
}
