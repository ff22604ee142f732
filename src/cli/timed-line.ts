import { formatSeconds } from "../numeric/format.ts";
import { createProgressLine } from "./progress.ts";

/** Of the work that the estimate is made from. */
const measuredMs = 3000;
/** Work that takes seconds is not announced. */
const announcedMs = 20_000;
const unknown = { elapsedMs: 0, leftMs: 0 };

/**
 * The line of a long command, which first has the expected duration, from its first part, and then
 * the remaining time.
 */
export interface TimedLine {
  /**
   * Expected duration in milliseconds, if known: printed once, and not for work that takes seconds.
   */
  announce(totalMs: number): void;
  /** @param share of the work that is done, in [0, 1], if that is known */
  update(text: string, share: number | undefined): void;
  /** Writes a line that stays, at once. */
  keep(text: string): void;
  stop(): void;
}

/**
 * @param options.work the work and its size, such as "audit of 120,000 decisions"; read when it is
 * announced
 * @param options.clock milliseconds
 */
export function createTimedLine(options: {
  readonly work: () => string;
  readonly stream: NodeJS.WriteStream;
  readonly clock: () => number;
}): TimedLine {
  const { work, stream, clock } = options;
  const line = createProgressLine({ stream, clock });
  let isAnnounced = false;
  /** The first part that was done, which also paid for opening files and models. */
  let first: { readonly at: number; readonly share: number } | undefined;

  /** Milliseconds, by the pace since the first part. */
  function estimate(share: number): { readonly elapsedMs: number; readonly leftMs: number } {
    first ??= { at: clock(), share };
    const elapsedMs = clock() - first.at;
    const done = share - first.share;
    return { elapsedMs, leftMs: done > 0 ? (elapsedMs / done) * (1 - share) : 0 };
  }

  function announce(totalMs: number): void {
    if (isAnnounced || totalMs < announcedMs) return;
    isAnnounced = true;
    line.keep(`${work()}: about ${formatSeconds(totalMs / 1000)}`);
  }

  return {
    announce,
    update: (text, share) => {
      const { elapsedMs, leftMs } = share === undefined ? unknown : estimate(share);
      if (elapsedMs >= measuredMs) announce(elapsedMs + leftMs);
      const isTold = isAnnounced && leftMs > 0;
      line.update(isTold ? `${text}, about ${formatSeconds(leftMs / 1000)} left` : text);
    },
    keep: line.keep,
    stop: line.stop,
  };
}
