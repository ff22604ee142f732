import type { Candidate, Decision } from "../../domain/decision.ts";
import { EngineError } from "../../domain/errors.ts";
import { decisionId, type ItemId, userId } from "../../domain/ids.ts";
import type { Scenario } from "../../domain/scenario.ts";
import { positionProbabilities } from "../../policy/slate.ts";
import { createLogitDeriver } from "../audit/derive-logits.ts";
import type { Recommendation } from "../calls/serving-calls.ts";
import { addBoosts } from "../rules/draw-rules.ts";
import { choose } from "../serving/choose.ts";
import type { RecommendParts } from "../serving/recommend-parts.ts";
import { rankAsApprentice } from "./apprentice.ts";
import { type MatchRate, readMatchRate } from "./demonstrations.ts";
import { createEvaluations, type Evaluations } from "./evaluations.ts";
import { leaveEnough } from "./leave-enough.ts";
import { createModelFiles, type ModelFiles } from "./model-files.ts";
import { createRankEvents, type RankEvents } from "./rank-events.ts";
import type { Ranked, RankedSlot, RankRequest } from "./rank-request.ts";
import {
  type LearningMode,
  type RankSettings,
  readRankSettings,
  writeRankSettings,
} from "./rank-settings.ts";

/** Events that are ranked, activated and rewarded by their id. Each slot is a decision of a slate of one. */
export interface RankLoop extends Pick<RankEvents, "activate" | "reward"> {
  readonly scenario: Scenario;
  readonly models: ModelFiles;
  readonly evaluations: Evaluations;
  settings(): Promise<RankSettings>;
  changeMode(mode: LearningMode): Promise<void>;
  /** How often the policy would have made the caller's choice; undefined before the first one. */
  matchRate(): Promise<MatchRate | undefined>;
  /** Pause between two looks of the learner. */
  readonly lookSeconds: number;
  /** Times of the oldest and newest decision; undefined if there is none. */
  dateRange(): Promise<{ readonly from: number; readonly to: number } | undefined>;
  /** The same answer for an event id that was ranked before. @throws invalid_request, no_candidates */
  rank(request: RankRequest): Promise<Ranked>;
}

function toSlot(
  { candidates, slate, exploration, fastLoop }: Decision,
  logits: Float64Array,
): RankedSlot {
  const below = new Set(fastLoop?.below);
  const isBarred = candidates.map((_, index) => below.has(index));
  const probabilities = positionProbabilities(logits, isBarred, exploration);
  const [chosen] = slate;
  if (chosen === undefined) throw new RangeError("a slot's slate is empty");
  const entries = candidates.map(
    ({ itemId }, index) => [itemId, probabilities[index] ?? 0] as const,
  );
  return { chosen, probabilities: new Map(entries) };
}

const idsOf = (candidates: readonly Candidate[]) =>
  candidates
    .map(({ itemId }) => itemId)
    .toSorted()
    .join("\n");

/** An event id stands for one request: another one would get an answer that was not made for it. */
function checkSame(eventId: string, { slots }: RankRequest, decisions: readonly Decision[]): void {
  const [first] = decisions;
  const [slot] = slots;
  const isSame =
    first !== undefined &&
    slot !== undefined &&
    decisions.length === slots.length &&
    // An earlier release left no actions to later slots.
    [slot.candidates, leaveEnough(slots, new Set())].some(
      (candidates) => idsOf(first.candidates) === idsOf(candidates),
    );
  if (isSame) return;
  const message = `eventId '${eventId}' was ranked with other actions; send a new eventId with each request`;
  throw new EngineError("invalid_request", message, {
    details: { field: "eventId", value: eventId },
  });
}

/** The probabilities as they were, derived from the record as the audit does. */
async function repeat(
  { store, configuration }: RecommendParts,
  eventId: string,
  decisions: readonly Decision[],
): Promise<Ranked> {
  const deriver = createLogitDeriver(store, configuration);
  try {
    const slots: RankedSlot[] = [];
    for (const decision of decisions) {
      const rules = await deriver.drawRules(decision);
      slots.push(toSlot(decision, addBoosts(await deriver.deriveServed(decision), rules)));
    }
    return { eventId, slots, made: [] };
  } finally {
    await deriver.close();
  }
}

/** Nothing is in the record yet. The first slot's decision has the event's id, so that no other event can take it. */
async function chooseSlots(
  parts: RecommendParts,
  scenario: Scenario,
  { eventId, slots }: RankRequest & { readonly eventId: string },
) {
  const taken = new Set<ItemId>();
  const made: Recommendation[] = [];
  const ranked: RankedSlot[] = [];
  for (const [index, { context }] of slots.entries()) {
    const { recommendation, logits } = await choose(parts, {
      userId: userId(eventId),
      scenario: scenario.name,
      slateSize: 1,
      context,
      candidates: leaveEnough(slots.slice(index), taken),
      decisionId: decisionId(made.length === 0 ? eventId : parts.createId()),
    });
    const slot = toSlot(recommendation.decision, logits);
    taken.add(slot.chosen);
    made.push(recommendation);
    ranked.push(slot);
  }
  return { slots: ranked, made };
}

/** @param scenario of `compatibility.personalizer` */
export function createRankLoop(parts: RecommendParts, scenario: Scenario): RankLoop {
  const events = createRankEvents(parts, scenario);
  type Named = RankRequest & { readonly eventId: string };
  const findRanked = async (request: Named): Promise<Ranked | undefined> => {
    const known = await events.find(request.eventId);
    if (known === undefined) return undefined;
    checkSame(request.eventId, request, known);
    return repeat(parts, request.eventId, known);
  };
  const rankNew = async (request: Named): Promise<Ranked> => {
    const { eventId, isDeferred } = request;
    const { slots, made } = await chooseSlots(parts, scenario, request);
    const decisions = made.map(({ decision }) => decision);
    if (isDeferred) await events.defer(eventId, decisions);
    else await parts.store.decisions.appendAll(decisions);
    parts.fastLoops.learn(scenario);
    return { eventId, slots, made };
  };
  const rank = async (request: Named): Promise<Ranked> => {
    const ranked = await findRanked(request);
    if (ranked !== undefined) return ranked;
    const { mode } = await readRankSettings(parts.store);
    if (mode === "apprentice") return rankAsApprentice(parts, scenario, request);
    try {
      return await rankNew(request);
    } catch (error) {
      // The same request was quicker, or the id is another scenario's.
      const isTaken = error instanceof EngineError && error.code === "conflict";
      const other = isTaken ? await findRanked(request) : undefined;
      if (other === undefined) throw error;
      return other;
    }
  };
  const { store } = parts;
  return {
    scenario,
    models: createModelFiles(parts, scenario),
    evaluations: createEvaluations(parts, scenario),
    settings: () => readRankSettings(store),
    changeMode: (mode) => writeRankSettings(store, mode, parts.clock()),
    matchRate: () => readMatchRate(store),
    lookSeconds: parts.configuration.learner.intervalSeconds,
    dateRange: () => store.decisions.dateRange(scenario.name),
    rank: async (request) => rank({ ...request, eventId: request.eventId ?? parts.createId() }),
    activate: (eventId) => events.activate(eventId),
    reward: (eventId, rewards, requestId) => events.reward(eventId, rewards, requestId),
  };
}
