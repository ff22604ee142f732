/** Time in which requests may begin before sockets are looked at again. */
const sliceMs = 10;
/**
 * Turns of the event loop between two slices: it accepts one connection a turn (libuv 1.45), so that
 * under load new ones would wait for one slice each.
 */
const turnsBetween = 16;

/** After all that follows from a request's beginning without a wait. */
const afterMicrotasks = (action: () => void) => queueMicrotask(() => process.nextTick(action));

/**
 * Makes the callers begin one after another, in slices: hundreds of requests that come at once would
 * keep new connections, health and answers waiting for the sum of their work.
 */
export function createTurns(): () => Promise<void> {
  const waiting: (() => void)[] = [];
  let isUnderWay = false;

  function begin(until: number): void {
    waiting.shift()?.();
    afterMicrotasks(() => {
      if (waiting.length > 0 && performance.now() < until) begin(until);
      else rest(turnsBetween);
    });
  }
  function rest(turns: number): void {
    if (turns > 0) setImmediate(() => rest(turns - 1));
    else if (waiting.length > 0) begin(performance.now() + sliceMs);
    else isUnderWay = false;
  }

  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (isUnderWay) return;
      isUnderWay = true;
      begin(performance.now() + sliceMs);
    });
}
