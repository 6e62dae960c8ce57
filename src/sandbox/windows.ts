/** What a window has seen, and when it ends (epoch milliseconds). */
interface Window {
  count: number;
  end: number;
}

/** Calls counted in fixed windows, each beginning at a multiple of its length. */
export function createWindows() {
  const windows = new Map<string, Window>();
  /** The window of a key that is open now. */
  const at = (key: string, length: number, now: number): Window => {
    const end = (Math.floor(now / length) + 1) * length;
    const known = windows.get(key);
    return known?.end === end ? known : { count: 0, end };
  };
  return {
    at,
    /** Counts a call, refused or not. */
    count(key: string, length: number, now: number): Window {
      const { count, end } = at(key, length, now);
      const window = { count: count + 1, end };
      windows.set(key, window);
      return window;
    },
  };
}
