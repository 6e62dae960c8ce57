/** Runs tasks one after the other, in the order given; one that fails does not keep the next back. */
export function createSerial(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const mine = last.then(task);
    last = Promise.allSettled([mine]);
    return mine;
  };
}
