import { runCycle } from "../../../src/engine/learner/cycle/run-cycle.ts";
import { runClosedLoop } from "../../../src/lab/closed-loop/closed-loop.ts";
import type { Strategy, StrategyOptions } from "../../../src/lab/closed-loop/strategy.ts";
import {
  createShopTruth,
  type ShopOptions,
  visitorOf,
} from "../../../src/lab/worlds/shop/shop-truth.ts";
import type { MetaPolicyInput } from "../../../src/mpo/meta-policy.ts";
import { createRandom, type RandomStream } from "../../../src/numeric/random.ts";
import type { PolicyState } from "../../../src/policy/policy.ts";
import { createLowRateShop } from "../../learning/low-rate/shop-world.ts";
import { type Candidates, valueCandidates } from "./candidates.ts";
import { drawLog, type LogPart } from "./fresh-log.ts";
import { improveWatched, type WatchedImprovement } from "./improve-watched.ts";
import { besideTruth, gateLimitsOf, type JudgedCandidate, judgeLog } from "./judged.ts";
import { appealsOf, type Population, readPopulation } from "./population.ts";
import { errorsWithTruth } from "./true-model.ts";

/** The judgements of one cycle's candidates. */
export interface PlayedWorld {
  /** By log, the cycle's own first. */
  readonly logs: readonly (readonly JudgedCandidate[])[];
  /** On the cycle's own log: standard errors of the doubly robust difference with the true reward model. */
  readonly trueModelErrors: readonly number[];
}

/** Networks are trained for a short time: how good they are is not the question. */
const quickly = ({ configuration, ...options }: StrategyOptions): StrategyOptions => {
  const { learner } = configuration;
  const mpo = {
    ...learner.mpo,
    critic: { ...learner.mpo.critic, rowsSeen: 5000, minEpochs: 1 },
    distillation: { ...learner.mpo.distillation, states: 600, rowsSeen: 2000, minEpochs: 2 },
  };
  return { ...options, configuration: { ...configuration, learner: { ...learner, mpo } } };
};

/** Users of the rows, by their states: the newest decision comes first. */
function usersByState({ feedback }: WatchedImprovement, shop: ShopOptions, turns: number) {
  const users = new Map<PolicyState, number>();
  let turn = turns;
  for (const { state, position } of feedback.rows)
    if (position === 0) users.set(state, visitorOf(--turn, shop));
  return users;
}

interface Size {
  readonly visits: number;
  /** Logs beside the cycle's own. */
  readonly freshLogs: number;
}

/** True appeals of the candidates of each judged row's slate. */
function listAppeals(watched: WatchedImprovement, shop: ShopOptions, { visits }: Size) {
  const users = usersByState(watched, shop, 2 * visits);
  const truth = createShopTruth(shop);
  return watched.improvement.parts.flatMap(({ rows }) => {
    let first: Float64Array = new Float64Array();
    return rows.map(({ row }) => {
      if (row.position === 0) first = appealsOf(truth, users.get(row.state)!, row.candidates);
      return first;
    });
  });
}

const sizesOf = (parts: readonly LogPart[]) => parts.map(({ rows }) => rows.length);

/** The candidates on logs of the same serving policy. */
function judgeAgain(
  candidates: Candidates,
  { states }: Population,
  options: Size & {
    readonly slateSize: number;
    readonly meta: MetaPolicyInput;
    readonly random: RandomStream;
  },
): readonly (readonly JudgedCandidate[])[] {
  const { visits, freshLogs, slateSize, meta, random } = options;
  return Array.from({ length: freshLogs }, (_, log) => {
    const drawn = { visits, slateSize, random: random.split(log) };
    const parts = drawLog(candidates.halves, states, drawn);
    const found = judgeLog(parts, meta, random.split(`weights/${log}`));
    return besideTruth(candidates, found, sizesOf(parts));
  });
}

/** The second cycle's candidates on its own log and on fresh ones, in the product's loop. */
async function judgeCycle(
  options: StrategyOptions,
  shop: ShopOptions,
  size: Size,
): Promise<PlayedWorld> {
  const { store, scenario, seed } = options;
  const { slateSize } = shop;
  const [before] = await store.cycles.list({ scenario: scenario.name, limit: 1 });
  const previous = before?.throughSequence ?? 0;
  const watched = await improveWatched(options, { previous, cycle: 2 });
  const { improvement, feedback, parts, meta } = watched;
  const population = await readPopulation({
    store,
    world: createLowRateShop(shop),
    truth: createShopTruth(shop),
    scenario,
    exploration: feedback.rows[0]!.exploration,
    asOf: Math.round((previous + feedback.throughSequence) / 2),
    scoreServing: (all) => watched.family.scorePolicy(watched.serving, all),
  });
  const candidates = await valueCandidates(watched, population, slateSize);
  const random = createRandom(seed).split("fresh-logs");
  const fresh = judgeAgain(candidates, population, { ...size, slateSize, meta, random });
  const appeals = listAppeals(watched, shop, size);
  const limits = gateLimitsOf(improvement.judgement, meta.mpo);
  return {
    logs: [besideTruth(candidates, improvement, sizesOf(parts)), ...fresh],
    trueModelErrors: errorsWithTruth(parts, appeals, limits),
  };
}

/** A world until its second cycle; the first one is the product's own, and its policy makes the logs that judge. */
export async function playWorld(shop: ShopOptions, size: Size): Promise<PlayedWorld> {
  let played: PlayedWorld | undefined;
  const strategy = async (parts: StrategyOptions): Promise<Strategy> => {
    const options = quickly(parts);
    let cycle = 0;
    return {
      update: async () => {
        if (++cycle === 1) return (await runCycle(options))?.outcome ?? "skipped";
        played = await judgeCycle(options, shop, size);
        return "judged";
      },
    };
  };
  await runClosedLoop({
    world: createLowRateShop(shop),
    strategy,
    seed: shop.seed,
    threads: 1,
    cycles: 2,
    decisionsPerCycle: size.visits,
  });
  return played!;
}
