/** What a window has seen, and when it ends (epoch milliseconds). */
interface Window {
  count: number;
  end: number;
}

/** Calls counted in fixed windows, each beginning at a multiple of its length. */
export function createWindows() {
  const windows = new Map<string, Window>();
  /** The window of a key that is open now, after so many more calls, refused or not. */
  return (key: string, length: number, now: number, calls = 0): Window => {
    const end = (Math.floor(now / length) + 1) * length;
    const known = windows.get(key);
    const window = { count: (known?.end === end ? known.count : 0) + calls, end };
    windows.set(key, window);
    return window;
  };
}
