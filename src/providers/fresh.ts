/** A link that was told so long ago is asked for anew, ms: it is signed, and may be short-lived. */
const FRESH = 60_000;

/** The most that are remembered. */
const MOST = 1_000;

/** What a check has just said about finished tasks, so that fetching their files need not ask again. */
export type Fresh<View> = ReturnType<typeof createFresh<View>>;

/** Nothing is remembered yet; `clock` in ms since the epoch. */
export function createFresh<View>(clock: { now(): number }) {
  const views = new Map<string, { at: number; view: View }>();
  return {
    keep(taskId: string, view: View): void {
      views.delete(taskId);
      views.set(taskId, { at: clock.now(), view });
      const [oldest] = views.keys();
      if (views.size > MOST && oldest !== undefined) views.delete(oldest);
    },
    /** Once: who comes back has found the link to be of no use. */
    take(taskId: string): View | null {
      const known = views.get(taskId);
      views.delete(taskId);
      const age = known === undefined ? Infinity : clock.now() - known.at;
      return known !== undefined && age >= 0 && age < FRESH ? known.view : null;
    },
  };
}
