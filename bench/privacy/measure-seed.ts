import type { UserId } from "../../src/domain/ids.ts";
import type { Scenario } from "../../src/domain/scenario.ts";
import type { Configuration } from "../../src/engine/configuration/configuration.ts";
import { type TrainedPolicy, trainPolicy } from "../../src/engine/learner/training/train-policy.ts";
import { openStore } from "../../src/engine/open-store.ts";
import { createState } from "../../src/engine/state/read-state.ts";
import { startOfTime, worldConfiguration } from "../../src/lab/closed-loop/world-configuration.ts";
import { normaliseLogs } from "../../src/numeric/log-probabilities.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { openNetworkPolicy } from "../../src/policy/network-policy.ts";
import { positionProbabilities } from "../../src/policy/slate.ts";
import { mean } from "../statistics.ts";
import { drawMembers, type MeasuredVisit, type Pool, visitsOfOthers } from "./pool.ts";

/** Of the training without privacy: 10 s an epoch by its clock. */
const epochMs = 10_000;
const looksPerEpoch = 2;
const pageSize = 1000;
/** Next items of a user whose losses make one. */
const attackedEvents = 3;

export interface Level {
  /** Infinity: without privacy. */
  readonly epsilon: number;
  readonly delta: number;
  readonly samplingRate: number;
  /** Counted time of the training without privacy: 14 end after 11. */
  readonly epochs: number;
}

export interface MeasuredLevel {
  /** Mean over visits of other users: of the served choice, and of the best by its scores. */
  readonly served: number;
  readonly sorted: number;
  readonly cpuSeconds: number;
  readonly epochs: number;
  readonly spent: number;
  /** Of each attacked user, member or not: mean loss of their items, nats. */
  readonly losses: readonly number[];
}

/** A training's time, so that epochs are counted and not timed. */
function countingClock(): () => number {
  let now = startOfTime;
  return () => {
    now += epochMs / looksPerEpoch;
    return now;
  };
}

function configure({ world }: Pool, { epsilon, delta, samplingRate }: Level): Configuration {
  const plain = worldConfiguration(world, "frozen");
  if (epsilon === Number.POSITIVE_INFINITY) return plain;
  const clip = 0.5;
  return {
    ...plain,
    privacy: {
      ...plain.privacy,
      differential: { epsilon, delta, samplingRate, clip, trainings: 1 },
    },
  };
}

async function train(
  pool: Pool,
  members: ReadonlySet<UserId>,
  options: { readonly level: Level; readonly seed: number; readonly scenario: Scenario },
): Promise<TrainedPolicy> {
  const { level, seed, scenario } = options;
  const store = await openStore(":memory:");
  try {
    await store.items.put(pool.world.items);
    const rows = [...members].flatMap((user) =>
      (pool.events.get(user) ?? []).map((event) => ({
        event: { ...event, occurredAt: startOfTime },
      })),
    );
    for (let start = 0; start < rows.length; start += pageSize)
      await store.events.record(rows.slice(start, start + pageSize));
    return await trainPolicy({
      store,
      scenario,
      seed,
      threads: 1,
      configuration: configure(pool, level),
      clock: countingClock(),
      onProgress: () => {},
      ...(level.epsilon === Number.POSITIVE_INFINITY && {
        minutes: (level.epochs * epochMs) / 60_000,
      }),
      noise: createRandom(seed).split(`noise/${level.epsilon}`),
    });
  } finally {
    await store.close();
  }
}

type Context = TrainedPolicy["context"];

/** A user's state after so many events. */
function stateAfter(pool: Pool, { catalogue, scenario }: Context, user: UserId, count?: number) {
  const events = (pool.events.get(user) ?? []).slice(0, count);
  const history = events.map((event, index) => ({
    ...event,
    sequence: index + 1,
    occurredAt: startOfTime,
  }));
  return createState({ user: { history, attributes: {} }, catalogue, scenario, context: {} });
}

async function measureRewards(
  pool: Pool,
  { network, context }: TrainedPolicy,
  visits: readonly MeasuredVisit[],
) {
  const policy = await openNetworkPolicy(network);
  const rewards: { readonly served: number; readonly sorted: number }[] = [];
  try {
    for (const { turn, visit } of visits) {
      const candidates = visit.candidates!.map(({ itemId }) => context.catalogue.get(itemId));
      const logits = await policy.logits(stateAfter(pool, context, visit.userId), candidates);
      const worth = candidates.map(({ itemId }) => pool.world.expectedReward(turn, [itemId]));
      const chances = positionProbabilities(logits, [], context.scenario.exploration);
      rewards.push({
        served: worth.reduce((sum, one, index) => sum + one * chances[index]!, 0),
        sorted: worth[logits.indexOf(Math.max(...logits))]!,
      });
    }
  } finally {
    await policy.close();
  }
  return {
    served: mean(rewards.map(({ served }) => served)),
    sorted: mean(rewards.map(({ sorted }) => sorted)),
  };
}

/** All that is published of the encoder tells of a user's items: its log-odds, with the chain if there is one. */
async function measureLosses(
  pool: Pool,
  { network, context }: TrainedPolicy,
  users: readonly UserId[],
): Promise<readonly number[]> {
  const encoder = network.encoder!;
  const views = context.catalogue.available();
  const places = new Map(views.map(({ itemId }, place) => [itemId, place]));
  const losses: number[] = [];
  for (const user of users) {
    const events = pool.events.get(user) ?? [];
    // The newest one may have been held out.
    const last = events.length - 1;
    const own: number[] = [];
    for (let at = Math.max(1, last - attackedEvents); at < last; at++) {
      const state = stateAfter(pool, context, user, at);
      await encoder.encode([state]);
      const place = places.get(events[at]!.itemId)!;
      own.push(-normaliseLogs(encoder.logOdds(state, views))[place]!);
    }
    losses.push(mean(own));
  }
  return losses;
}

/** A training on half of the pool, measured on the other half, and its losses on attacked users of both. */
export async function measureLevel(
  pool: Pool,
  level: Level,
  { seed, attacked }: { readonly seed: number; readonly attacked: readonly UserId[] },
): Promise<MeasuredLevel> {
  const members = drawMembers(pool, seed);
  const [scenario] = configure(pool, level).scenarios;
  const before = process.cpuUsage();
  const trained = await train(pool, members, { level, seed, scenario: scenario! });
  const { user, system } = process.cpuUsage(before);
  return {
    ...(await measureRewards(pool, trained, visitsOfOthers(pool, members))),
    cpuSeconds: (user + system) / 1e6,
    epochs: trained.figures.epochs,
    spent: trained.spending?.record.epsilon ?? Number.POSITIVE_INFINITY,
    losses: await measureLosses(pool, trained, attacked),
  };
}
