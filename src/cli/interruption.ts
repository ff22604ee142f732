/** Of a shell, for a program that SIGINT ended. */
export const interruptedExitCode = 130;

/**
 * Runs `work` with a signal that Ctrl-C and SIGTERM abort, and the end of a parent that forked this process. A second
 * Ctrl-C ends the process at once.
 */
export async function withInterruption<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  const { signal } = interruption;
  const interrupt = () =>
    signal.aborted ? process.exit(interruptedExitCode) : interruption.abort();
  const end = () => interruption.abort();
  process.on("SIGINT", interrupt).on("SIGTERM", end);
  // A killed parent sends no message, but its end of the channel closes, possibly while this
  // process starts.
  process.on("disconnect", end);
  if (process.send !== undefined && !process.connected) end();
  try {
    return await work(signal);
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", end).off("disconnect", end);
  }
}

/** For work that changes nothing before its end: an interruption ends the process at once. */
export const exitWhenAborted = (
  signal: AbortSignal,
  exitCode: number = interruptedExitCode,
): void => void untilAborted(signal).then(() => process.exit(exitCode));

/** Resolves when the signal is aborted. */
export const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** Resolves after the given milliseconds, or as soon as the signal is aborted. */
export const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
  });
