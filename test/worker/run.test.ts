import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { runWorker } from '../../src/worker/worker.ts';
import { fault } from '../requests/make.ts';
import { type Script, file } from './fake-provider.ts';
import { holder, setStage, sourceOf } from './stage.ts';

describe('run', () => {
  it('takes an export to its end, files and all', async () => {
    const stage = await setStage();
    await stage.go();
    const request = await stage.request();
    expect(request.state).toBe('completed');
    expect(request.steps.map(({ state, attempts }) => [state, attempts])).toEqual([
      ['succeeded', 1],
      ['succeeded', 1],
      ['succeeded', 1],
    ]);
    const bundle = join(stage.outDir, request.id);
    expect(readFileSync(join(bundle, 'stream/users.jsonl'), 'utf8')).toBe(
      '{"type":"user","id":"ada"}\n',
    );
    expect(stage.stream.count('submit')).toBe(2);
    expect(stage.sendbird.count('submit')).toBe(1);
    expect(stage.ended).toEqual([request.id]);
    expect(request.sealed).toBe(true);
    expect(readFileSync(join(bundle, 'receipt.txt'), 'utf8')).toBe(`receipt of ${request.id}\n`);
    expect(readFileSync(join(bundle, 'SHA256SUMS'), 'utf8')).toContain('  receipt.json\n');
    expect(
      stage.told.map(({ state }) => state).filter((state) => state === 'intended'),
    ).toHaveLength(3);
  });

  it('seals what a crash has left between its last step and its receipt', async () => {
    const stage = await setStage({
      only: 'sendbird',
      wrap: (ledger) => ({ ...ledger, brief: async () => [] }),
    });
    await stage.go();
    expect(await stage.request()).toMatchObject({ state: 'completed', sealed: false });
    await stage.ledger.release(holder('me'));
    await runWorker(sourceOf(stage.ids), 'ended', holder('me'), {
      ...stage.work,
      ledger: stage.ledger,
    });
    expect((await stage.request()).sealed).toBe(true);
    const receipt = readFileSync(join(stage.outDir, stage.ids[0] ?? '', 'receipt.json'), 'utf8');
    expect(JSON.parse(receipt)).toMatchObject({ request_id: stage.ids[0], state: 'completed' });
  });

  it('asks for everything at the same time', async () => {
    const slow = {
      submit: async () => {
        await stage.clock.sleep(10_000);
        return undefined;
      },
    };
    const stage = await setStage({ users: ['ada', 'grace'], stream: slow, sendbird: slow });
    const start = stage.clock.now();
    await stage.go('sent');
    const heard = [...stage.stream.heard, ...stage.sendbird.heard];
    expect(heard.filter(({ what }) => what === 'submit').map(({ at }) => at - start)).toEqual([
      0, 0, 0, 0, 0, 0,
    ]);
    expect(stage.clock.now() - start).toBe(10_000);
  });

  it('has the intent on disk when the call leaves', async () => {
    const seen: unknown[] = [];
    const stage = await setStage({
      only: 'stream',
      stream: {
        submit: ({ operation }) => {
          const db = new DatabaseSync(join(stage.folder, 'state', 'ledger.sqlite'), {
            readOnly: true,
          });
          const row = db
            .prepare(
              `SELECT steps.state AS step, steps.attempts, calls.state AS call, calls.task_id AS task
               FROM steps JOIN calls ON calls.id = steps.call_id WHERE steps.operation = ?`,
            )
            .get(operation);
          seen.push({ ...row });
          db.close();
          return { kind: 'absent', error: fault('user_unknown') };
        },
        lookup: () => false,
      },
    });
    await stage.go();
    const intent = { step: 'intended', attempts: 1, call: 'intended', task: null };
    expect(seen).toEqual([intent, intent]);
    expect((await stage.request()).state).toBe('not_found');
  });

  it('a long queue at one provider keeps nobody else waiting', async () => {
    const users = Array.from({ length: 150 }, (_, index) => `user-${index}`);
    const stage = await setStage({
      users,
      stream: {
        submit: async () => {
          await stage.clock.sleep(60_000);
          return { kind: 'absent', error: fault('user_unknown') };
        },
      },
      sendbird: { submit: () => ({ kind: 'absent', error: fault('user_unknown') }) },
    });
    const start = stage.clock.now();
    await stage.go();
    const last = Math.max(...stage.sendbird.heard.map(({ at }) => at));
    expect(stage.sendbird.count('submit')).toBe(150);
    expect(last - start).toBe(0);
  });

  it('what can be checked is checked while others still wait to be sent', async () => {
    const users = Array.from({ length: 60 }, (_, index) => `user-${index}`);
    const stage = await setStage({
      users,
      only: 'stream',
      stream: {
        submit: async ({ subjectIds }) => {
          if (subjectIds[0] === 'user-0') return undefined;
          await stage.clock.sleep(60_000);
          return { kind: 'absent', error: fault('user_unknown') };
        },
        check: () => ({ kind: 'failed', status: 'failed', error: fault('task_failed') }),
      },
    });
    const start = stage.clock.now();
    await stage.go();
    const first = stage.stream.heard.find(({ what }) => what === 'check');
    expect((first?.at ?? 0) - start).toBe(2_000);
  });

  it('never works on more than its bounds at once', async () => {
    let now = 0;
    let most = 0;
    const users = Array.from({ length: 50 }, (_, index) => `user-${index}`);
    const stage = await setStage({
      users,
      only: 'stream',
      stream: {
        submit: async () => {
          most = Math.max(most, (now += 1));
          await stage.clock.sleep(100);
          now -= 1;
          return { kind: 'absent', error: fault('user_unknown') };
        },
      },
    });
    await stage.go();
    // 32 of each operation.
    expect(most).toBe(64);
    expect(stage.stream.count('submit')).toBe(100);
  });

  it('many steps with delays of all lengths end without waiting for anything else', async () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const users = Array.from({ length: 40 }, (_, index) => `user-${index}`);
    const script = (): Script => ({
      submit: async () => {
        await stage.clock.sleep(Math.ceil(random() * 300));
        return undefined;
      },
      check: async () => {
        await stage.clock.sleep(Math.ceil(random() * 300));
        return { kind: 'no_data', status: 'no_data' };
      },
      lookup: async () => {
        await stage.clock.sleep(Math.ceil(random() * 300));
        return false;
      },
    });
    const stage = await setStage({ users, random, stream: script(), sendbird: script() });
    const start = stage.clock.now();
    await stage.go();
    for (const [index] of users.entries()) {
      expect((await stage.request(index)).state).toBe('not_found');
    }
    // 80 steps of one provider, 8 at once: 10 rounds of 3 times 300 ms, and one wait of 2.3 s.
    expect(stage.clock.now() - start).toBeLessThan(12_000);
  });

  it('what falls due while the ledger is read is not slept through', async () => {
    const stage = await setStage({
      only: 'sendbird',
      sendbird: {
        check: () => ({ kind: 'no_data', status: 'no_data' }),
        lookup: () => false,
      },
      // Reading takes time: 40 ms each, in which the next check falls due.
      wrap: (ledger, clock) => ({
        ...ledger,
        due: async (...query) => {
          const found = await ledger.due(...query);
          clock.advance(40);
          return found;
        },
      }),
      pollInterval: 50,
    });
    const start = stage.clock.now();
    await stage.go();
    expect((await stage.request()).state).toBe('not_found');
    expect(stage.clock.now() - start).toBeLessThan(5_000);
  });

  it('renews its lease during a long wait', async () => {
    const renewals: number[] = [];
    const stage = await setStage({
      only: 'sendbird',
      sendbird: {
        check: (_, n) =>
          n < 20 ? { kind: 'running', status: 'processing' } : { kind: 'no_data', status: 'x' },
        lookup: () => false,
      },
      wrap: (ledger) => ({
        ...ledger,
        renew: (who, at) => {
          renewals.push(at);
          return ledger.renew(who, at);
        },
      }),
    });
    await stage.go();
    const gaps = renewals.slice(1).map((at, index) => at - (renewals[index] ?? 0));
    expect(renewals.length).toBeGreaterThan(10);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(20_000);
  });

  it('a file that is no export leaves nothing that looks whole', async () => {
    const stage = await setStage({
      only: 'sendbird',
      sendbird: { collect: () => file('<html>Access denied</html>') },
    });
    await stage.go();
    const step = await stage.step('access');
    expect(step).toMatchObject({ state: 'failed', artifacts: [] });
    expect((await stage.request()).state).toBe('failed');
  });
});
