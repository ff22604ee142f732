import type { Verdict } from "../../../src/domain/cycle-outcome.ts";
import { defaultCanaryShare } from "../../../src/domain/scenario.ts";
import { gateLimits } from "../../../src/evaluation/gate-guards.ts";
import { compareLiveArms } from "../../../src/evaluation/live-difference.ts";
import { trialDays, visitsToFind } from "../../../src/evaluation/live-traffic.ts";
import { gateCandidate } from "../../../src/mpo/gate.ts";
import type { ScoredRow } from "../../../src/mpo/row-scores.ts";
import { applySelfCheck, checkLogged } from "../../../src/mpo/self-check.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import { type LiveWorld, simulateLive } from "../../../tests/support/simulated-live.ts";
import { type Candidate, createCandidate, type Kind, kinds } from "./candidates.ts";
import type { Cell } from "./cells.ts";
import {
  fitRewards,
  type LoggedSlate,
  logsOf,
  type Policy,
  simulateLog,
  toRows,
} from "./visits.ts";
import { createHostileWorld, type HostileWorld } from "./world.ts";

/** How a candidate ended: the gate's verdict, or that of the live comparison that it led to. */
export type End = Exclude<Verdict, "canary"> | "promoted live" | "left" | "undecided";

export interface Life {
  readonly kind: Kind;
  readonly trap: string;
  readonly lift: number;
  readonly verdict: Verdict;
  readonly end: End;
  /** Canary's share × its visits × its loss, in rarer outcomes; 0 without a canary. */
  readonly regret: number;
  /** Of a candidate that is 10 % better: whether live rewards find it within 2.5 times the visits of a test of two samples. */
  readonly isFound?: boolean;
}

const site = { users: 5000, visits: 5000 } as const;

/** A cycle's new decisions: as many rows whatever the slate's size, within what the defaults give. */
const decisionsOf = ({ slate }: Cell): number =>
  Math.max(1000, Math.min(4000, Math.round(6000 / slate)));

/** log π of the candidate over each row's candidates: of a slate its first row is read. */
function scoreSlates(log: readonly LoggedSlate[], policy: Policy): readonly Float64Array[] {
  return log.flatMap(({ kept, segment, order }) => {
    const logs = logsOf(policy[segment]!, kept);
    return order.map((_, position) => (position === 0 ? logs : logs.slice(position)));
  });
}

/** The shipped self-check and gate. */
function judge(rows: readonly ScoredRow[], log: readonly LoggedSlate[], policy: Policy): Verdict {
  const logs = rows.map(({ scores }) => scores.logPolicy);
  const { isKept, selfCheck } = checkLogged(
    rows.map(({ row }) => row),
    logs,
  );
  const gate = gateCandidate({
    rows: rows.filter(isKept),
    candidateLogs: scoreSlates(log, policy).filter(isKept),
    ...{ predictedDifference: 0, limits: gateLimits },
  });
  return applySelfCheck(gate, selfCheck).verdict;
}

/** Rewards of a shown item on live traffic, and the change that the candidate makes to them. */
function describeTraffic({ rate, rarer, hazard, slate }: Cell, lift: number) {
  const mean = rarer === "reward" ? rate : 1 - rate;
  const spread = hazard === "returning users" ? 0.9 : 0.3;
  const chanceOf = (factor: number) => (rarer === "reward" ? rate * factor : 1 - rate * factor);
  return {
    mean,
    chances: [chanceOf(1 - spread), chanceOf(1 + spread)] as const,
    lift: (rate * lift) / mean,
    unrewarded: rarer === "reward" ? 0 : 1,
    rowsPerDay: site.visits * slate,
  };
}

/** @param size rows between two looks. @returns the verdict, and the looks that it took */
function tryLive(
  cell: Cell,
  lift: number,
  size: Pick<LiveWorld, "users" | "visits" | "looks"> & { readonly random: RandomStream },
) {
  const { random, ...site } = size;
  const { chances, lift: relative, unrewarded } = describeTraffic(cell, lift);
  const world = { ...site, chances, lift: relative, testedShare: defaultCanaryShare };
  let look = 0;
  for (const arms of simulateLive(world, random)) {
    look++;
    const { verdict } = compareLiveArms({ ...arms, unrewarded });
    if (verdict === "better" || verdict === "worse") return { verdict, look };
  }
  return { verdict: "open" as const, look };
}

const varianceOf = ({ mean }: ReturnType<typeof describeTraffic>) => mean * (1 - mean);

function daysOf(cell: Cell): number {
  const traffic = describeTraffic(cell, 0);
  const worth = Math.abs(traffic.mean - traffic.unrewarded);
  const visits = { mean: worth, variance: varianceOf(traffic), visitsPerDay: traffic.rowsPerDay };
  return trialDays(visits, { share: defaultCanaryShare, predicted: 0.1 });
}

const ends = { better: "promoted live", worse: "left", open: "undecided" } as const;

/** From the proposal to the end, all looks included. */
function live(cell: Cell, { lift }: Candidate, random: RandomStream): Pick<Life, "end" | "regret"> {
  const { rowsPerDay: visits } = describeTraffic(cell, lift);
  const looks = Math.ceil(daysOf(cell));
  const { verdict, look } = tryLive(cell, lift, { users: site.users, visits, looks, random });
  const rows = defaultCanaryShare * look * visits;
  return { end: ends[verdict], regret: Math.max(0, -lift) * cell.rate * rows };
}

const mostLooks = 10;

/**
 * On 2.5 times the rows after which a test of two samples finds 10 % four times out of five. Few rows are the same user's, so that
 * rows are as good as independent, as that test takes them to be.
 */
function isFound(cell: Cell, { lift }: Candidate, random: RandomStream): boolean {
  const traffic = describeTraffic(cell, lift);
  const size = { variance: varianceOf(traffic), share: defaultCanaryShare };
  const rows = 2.5 * visitsToFind({ ...size, difference: 0.1 * cell.rate });
  const visits = Math.ceil(rows / mostLooks);
  const world = {
    users: Math.ceil(rows * Math.min(1, 10 * cell.rate)),
    visits,
    looks: mostLooks,
    random,
  };
  return tryLive(cell, lift, world).verdict === "better";
}

const wait = async () => new Promise((resolve) => setImmediate(resolve));

/** One candidate of each kind in a cell: its world, log, gate and live comparison. */
export async function liveThrough(cell: Cell, random: RandomStream): Promise<readonly Life[]> {
  const world: HostileWorld = createHostileWorld(cell, random.split("world"));
  const decisions = decisionsOf(cell);
  const model = fitRewards(cell.items, simulateLog(world, decisions, random.split("model")));
  const log = [...simulateLog(world, decisions, random.split("log"))];
  const rows = toRows(log, world, model);
  const lives: Life[] = [];
  for (const kind of kinds) {
    // Ctrl-C is heard between two candidates.
    await wait();
    const own = random.split(kind);
    const candidate = createCandidate(world, kind, { model, random: own });
    if (candidate === undefined) continue;
    const verdict = judge(rows, log, candidate.policy);
    const { trap, lift } = candidate;
    const found = kind === "better" && { isFound: isFound(cell, candidate, own.split("found")) };
    const end =
      verdict === "canary" ? live(cell, candidate, own.split("live")) : { end: verdict, regret: 0 };
    lives.push({ ...{ kind, trap, lift, verdict }, ...end, ...found });
  }
  return lives;
}
