import type { Verdict } from "../../../src/domain/cycle-outcome.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import {
  type Candidate,
  createCandidate,
  type Kind,
  kinds,
  openWorkshop,
  type Workshop,
} from "./candidates.ts";
import type { Cell } from "./cells.ts";
import { createReview, decisions, type JudgedLog, judge, openLog } from "./judge.ts";
import { isFound, statedRegret, type Trial, tryLive } from "./live.ts";
import { fitRewards, simulateLog } from "./visits.ts";
import { createHostileWorld } from "./world.ts";

/** How a candidate ended: the gate's verdict, or that of the canary that it became. */
export type End = Exclude<Verdict, "canary"> | Trial["end"];

export interface Life {
  readonly kind: Kind;
  readonly trap: string;
  readonly lift: number;
  readonly verdict: Verdict;
  readonly end: End;
  /** Of one that is 10 % worse, as a canary on live rewards alone, whatever the gate said of it: its regret, and the stated one. */
  readonly regret?: readonly [found: number, stated: number];
  /** Of one that is 10 % better: whether live rewards find it within 2.5 times the visits of a test of two samples. */
  readonly isFound?: boolean;
}

/** From the proposal to the end, all looks included. */
function liveOne(
  workshop: Workshop,
  judged: JudgedLog,
  candidate: Candidate,
  random: RandomStream,
): Life {
  const { world, model } = workshop;
  const { cell } = world;
  const { policy, ...about } = candidate;
  const { kind, lift } = about;
  const gate = judge(judged, policy);
  const { verdict } = gate;
  const review = () => createReview({ world, model, policy }, gate, random.split("review"));
  const end =
    verdict === "canary"
      ? tryLive(cell, lift, { review: review(), random: random.split("live") }).end
      : verdict;
  return {
    ...about,
    verdict,
    end,
    ...(kind === "worse" && {
      regret: [
        tryLive(cell, lift, { random: random.split("alone") }).regret,
        statedRegret(cell, lift),
      ],
    }),
    ...(kind === "better" && { isFound: isFound(cell, lift, random.split("found")) }),
  };
}

const wait = async () => new Promise((resolve) => setImmediate(resolve));

/** Candidates of each kind in a cell, each drawn afresh: they share its world and its log. */
export async function liveThrough(
  cell: Cell,
  random: RandomStream,
  numbers: Readonly<Record<Kind, number>> = kinds,
): Promise<readonly Life[]> {
  const world = createHostileWorld(cell, random.split("world"));
  const size = { decisions };
  const model = fitRewards(cell.items, simulateLog(world, size, random.split("model")));
  const log = [...simulateLog(world, size, random.split("log"))];
  const judged = openLog(world, log, model);
  const workshop = openWorkshop(world, model, random.split("value"));
  const lives: Life[] = [];
  for (const [kind, number] of Object.entries(numbers) as [Kind, number][])
    for (let index = 0; index < number; index++) {
      // Ctrl-C is heard between two candidates.
      await wait();
      const own = random.split(`${kind}/${index}`);
      const candidate = createCandidate(workshop, kind, own);
      if (candidate) lives.push(liveOne(workshop, judged, candidate, own));
    }
  return lives;
}
