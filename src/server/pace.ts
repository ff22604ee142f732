/** Requests under way from which on the time between two answers is the work for one, and no wait for requests. */
const busy = 4;
/** So many are always taken: they share waits that each of them would have alone, such as a write to the disk. */
const alwaysTaken = 16;
/** Answers that the estimate remembers. */
const memory = 32;
/** One long pause, as of a checkpoint of the database, says little about the next request. */
const longestMs = 1000;

/** Expected times of requests in a busy server, from its answers. */
export interface Pace {
  /**
   * @param requests under way until now, the answered one included
   * @param slates of the answered one
   */
  answered(requests: number, slates: number): void;
  /** Time until as many slates are answered; 0 if they are few, or nothing is known. */
  expectedMs(slates: number): number;
}

export function createPace(now: () => number): Pace {
  let lastBusy: number | undefined;
  let meanMs = 0;
  return {
    answered: (requests, slates) => {
      const at = requests > busy ? now() : undefined;
      if (at !== undefined && lastBusy !== undefined)
        meanMs += (Math.min(longestMs, Math.max(0, at - lastBusy)) / slates - meanMs) / memory;
      lastBusy = at;
    },
    expectedMs: (slates) => (slates > alwaysTaken ? slates * meanMs : 0),
  };
}
