import type { App } from '../app.ts';
import { GdprError } from '../errors.ts';
import { confirm } from './confirm.ts';
import { askingGuard, enforce } from './guards.ts';

/** A question whose plan stands above it, and what `--yes` is for. */
export interface YesOrNo {
  yes: boolean;
  /** What is to be done, said before the question. */
  plan: string;
  /** What is true without a yes: `Nothing was closed.` */
  safe: string;
  /** When `--yes` is right: `If that is right: add --yes`. */
  advice: string;
}

/**
 * Says a plan and asks yes or no. Resolves to an exit code when a signal or Ctrl-C came instead;
 * null: go on. Throws GdprError `guard` for a no, and where nobody can be asked.
 */
export async function askYesOrNo(
  { yes, plan, safe, advice }: YesOrNo,
  app: App,
): Promise<number | null> {
  const next = `${safe} ${advice}`;
  enforce(askingGuard(yes, app).map((each) => ({ ...each, next })));
  const { quiet, json } = app.flags;
  if (!yes || !(quiet || json)) app.host.stderr.write(`${plan}\n`);
  try {
    const answer = await confirm({ needs: 'answered', userId: null, number: 1, safe }, yes, app);
    return answer.kind === 'stopped' ? answer.exit : null;
  } catch (thrown) {
    if (!(thrown instanceof GdprError && thrown.fault === 'guard')) throw thrown;
    throw new GdprError('guard', thrown.message, { next, cause: thrown });
  }
}
