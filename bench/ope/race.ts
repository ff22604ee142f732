import { median } from "../statistics.ts";
import type { Contest } from "./contests.ts";
import type { BenchFeedback } from "./feedback.ts";
import { bootstrapOurs, estimateOurs, evaluateOurs } from "./ours.ts";
import type { Measured, Peer } from "./peer.ts";

/** The same work on both sides, in turns, so that what else the machine does falls on both. */
export interface Race {
  readonly ours: readonly Measured[];
  readonly peer: readonly Measured[];
}

export interface Arena {
  readonly feedback: BenchFeedback;
  readonly runs: number;
}

async function race(
  runs: number,
  ours: () => Measured,
  peer: (() => Promise<Measured>) | undefined,
): Promise<Race> {
  const results = { ours: [] as Measured[], peer: [] as Measured[] };
  for (let run = 0; run < runs; run++) {
    results.ours.push(ours());
    if (peer !== undefined) results.peer.push(await peer());
  }
  return results;
}

function checkAgreement(what: string, { ours, peer }: Race): Race {
  for (const [run, { value }] of peer.entries()) {
    const own = ours[run]?.value ?? Number.NaN;
    if (Math.abs(own - value) <= 1e-9) continue;
    throw new RangeError(
      `${what} is ${own} here and ${value} in Open Bandit Pipeline; only the same work can be compared`,
    );
  }
  return { ours, peer };
}

export interface ContestRaces {
  readonly name: string;
  /** Ours gives value and interval in one, so the same work stands against either. */
  readonly value: Race;
  readonly interval: Race;
}

export async function raceContest(
  { feedback, runs }: Arena,
  contest: Contest,
  { peer, resamples }: { readonly peer: Peer | undefined; readonly resamples: number },
): Promise<ContestRaces> {
  const ours = () => estimateOurs(feedback, contest);
  const value = await race(runs, ours, peer && (() => peer.estimateValue(contest)));
  const interval = await race(
    runs,
    ours,
    peer && (() => peer.estimateInterval(contest, resamples)),
  );
  return { name: contest.name, value: checkAgreement(contest.name, value), interval };
}

export async function raceEvaluation(
  { feedback, runs }: Arena,
  contests: readonly Contest[],
  peer: Peer,
): Promise<Race> {
  const results = await race(
    runs,
    () => evaluateOurs(feedback),
    () => peer.evaluate(contests),
  );
  return checkAgreement("dr", results);
}

/** Both with the same method: percentiles of as many resamples. */
export const raceBootstrap = (
  { feedback, runs }: Arena,
  contest: Contest,
  { peer, resamples }: { readonly peer: Peer; readonly resamples: number },
): Promise<Race> =>
  race(
    runs,
    () => bootstrapOurs(feedback, contest, resamples),
    () => peer.estimateInterval(contest, resamples),
  );

type Clock = "seconds" | "cpuSeconds";

export const medianOf = (measured: readonly Measured[], clock: Clock): number =>
  median(measured.map((one) => one[clock]));

/** How many times the peer's rows/s: above 1 is faster here. NaN without a peer. */
export const ratioOf = ({ ours, peer }: Race, clock: Clock): number =>
  peer.length === 0 ? Number.NaN : medianOf(peer, clock) / medianOf(ours, clock);
