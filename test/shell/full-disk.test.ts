import { execFileSync } from 'node:child_process';
import { statfsSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { setStage } from '../e2e/stage.ts';
import { canMount, smallDisk } from './small-disk.ts';

/** Fills a disk until so many bytes are left. */
function fill(disk: string, left: number): void {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - left)));
}

describe.skipIf(!canMount())('a disk that fills up', () => {
  test.each([0, 4, 16, 40, 80, 120, 160, 200, 260, 340, 500])(
    'with %i KiB left: said as it is, and carried on once there is room',
    async (left) => {
      const stage = await setStage({ rate: 1000 });
      const disk = smallDisk('2m');
      const env = { ...stage.env, GDPR_STATE_DIR: join(disk, 'state') };
      const out = join(disk, 'out');
      const run = (...args: string[]) =>
        stage.gdpr([...args, '--json', '--poll-interval', '5ms'], { env });

      fill(disk, left * 1024);
      const first = await run('export', 'ada', '--out', out);
      expect([0, 2, 4, 8]).toContain(first.code);
      // 2 and 4 say that nothing was sent.
      expect(stage.log.length > 0 && first.code !== 0 && first.code !== 8).toBe(false);
      expect(first.code === 0 || first.err.includes('"schema":"gdpr-error/1"')).toBe(true);

      await rm(join(disk, 'filler'));
      const second = await run('resume');
      expect(second.code).toBe(0);
      const third = await run('export', 'ada', '--out', out);
      expect(third.code).toBe(0);
      const receipt = JSON.parse(third.out);
      expect(receipt.state).toBe('completed');
      execFileSync('sha256sum', ['--quiet', '--check', 'SHA256SUMS'], { cwd: receipt.bundle });
      // What was sent is on record: nobody is asked twice for the same.
      const asked = stage.log.filter(({ operation }) => operation === 'exportUsers');
      expect(asked.length).toBeLessThanOrEqual(first.code === 0 ? 2 : 3);
    },
  );
});
