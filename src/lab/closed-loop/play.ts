import { batchesOf } from "../../contract/batches.ts";
import type { Scenario } from "../../domain/scenario.ts";
import type { CatalogueVisit, World } from "../../domain/world.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Store } from "../../engine/open-store.ts";
import type { Strategy } from "./strategy.ts";

export interface CycleReward {
  readonly cycle: number;
  /** Mean over the cycle's visits of the true expected reward of the slates shown, in reward units. */
  readonly meanReward: number;
  readonly standardError: number;
  /** The report of the update after these visits. */
  readonly note: string;
}

export interface PlayOptions {
  readonly world: World<CatalogueVisit>;
  readonly cycles: number;
  readonly decisionsPerCycle: number;
  /** After the last update, as a result of their own. Default: none. */
  readonly visitsAfter?: number;
  /** After the update of a cycle, with the record as it is then; awaited. */
  readonly onCycle?: (result: CycleReward, store: Store) => unknown;
  readonly signal?: AbortSignal;
}

/** Parts of a loop, and the time that its visits move. */
export interface Loop {
  readonly store: Store;
  readonly engine: Engine;
  readonly strategy: Strategy;
  readonly scenario: Scenario;
  wait(seconds: number): void;
  /** Until then, unless it is later already. @param at seconds since the first visit could be */
  waitUntil(at: number): void;
}

const secondsPerVisit = 1;

function summarise(cycle: number, rewards: readonly number[], note: string): CycleReward {
  const meanReward = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
  const squares = rewards.reduce((sum, reward) => sum + (reward - meanReward) ** 2, 0);
  const standardError = Math.sqrt(squares / (rewards.length - 1) / rewards.length);
  return { cycle, meanReward, standardError, note };
}

/** The world's events without a slate, which no reward window holds any more. */
async function recordEvents({ engine, scenario, wait }: Loop, events: World["history"]) {
  if (events.length === 0) return;
  wait(scenario.reward.windowSeconds);
  for (const batch of batchesOf(events)) await engine.record(batch);
}

/** One visit. @returns the true expected reward of its slate */
async function visit(loop: Loop, world: World<CatalogueVisit>, turn: number) {
  const { engine, scenario, wait } = loop;
  await recordEvents(loop, world.eventsBefore?.(turn) ?? []);
  const made = world.itemsBefore?.(turn) ?? [];
  const { at, ...request } = world.visit(turn);
  if (at === undefined) wait(secondsPerVisit);
  else loop.waitUntil(at);
  if (made.length > 0) await engine.putItems(made);
  const { decision, fallback } = await engine.recommend({ ...request, scenario: scenario.name });
  // It would count as the strategy's, but the baseline made it.
  if (fallback !== undefined) throw new Error(`visit ${turn} of ${world.name}: ${fallback}`);
  const { userId, decisionId } = decision;
  const reactions = world.react(turn, decision.slate);
  if (reactions.length > 0) {
    await engine.record(reactions.map((reaction) => ({ ...reaction, userId, decisionId })));
  }
  // Otherwise a turn's state would depend on the machine's speed.
  await engine.idle();
  return world.expectedReward(turn, decision.slate);
}

/** @returns the slates' true expected rewards, fewer than `count` if the signal came */
async function playVisits(loop: Loop, { world, signal }: PlayOptions, from: number, count: number) {
  const rewards: number[] = [];
  while (rewards.length < count && !signal?.aborted)
    rewards.push(await visit(loop, world, from + rewards.length));
  return rewards;
}

/** Visits and an update after each cycle of them, then the visits after them, until the signal. */
export async function play(loop: Loop, options: PlayOptions): Promise<readonly CycleReward[]> {
  const { cycles, decisionsPerCycle, visitsAfter = 0, signal } = options;
  const results: CycleReward[] = [];
  for (let cycle = 1; cycle <= cycles; cycle++) {
    const from = (cycle - 1) * decisionsPerCycle;
    const rewards = await playVisits(loop, options, from, decisionsPerCycle);
    if (signal?.aborted) return results;
    loop.wait(loop.scenario.reward.windowSeconds);
    const result = summarise(cycle, rewards, await loop.strategy.update());
    results.push(result);
    await options.onCycle?.(result, loop.store);
  }
  if (visitsAfter === 0) return results;
  const last = await playVisits(loop, options, cycles * decisionsPerCycle, visitsAfter);
  return signal?.aborted ? results : [...results, summarise(cycles + 1, last, "no update")];
}
