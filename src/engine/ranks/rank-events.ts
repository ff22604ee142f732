import type { Decision } from "../../domain/decision.ts";
import { EngineError } from "../../domain/errors.ts";
import { decisionId, userId } from "../../domain/ids.ts";
import { isJsonObject } from "../../domain/json.ts";
import { repeatsOf } from "../../domain/reward-rule.ts";
import type { Scenario } from "../../domain/scenario.ts";
import { DeferralChanged } from "../../storage/deferral-store.ts";
import { rewardType } from "../configuration/compatibility.ts";
import type { EventInput } from "../input/input.ts";
import { activateDeferral } from "../serving/activate.ts";
import type { RecommendParts } from "../serving/recommend-parts.ts";
import { complete, record } from "../serving/record.ts";
import { isDemonstration } from "./demonstrations.ts";

/** A reward of a slot; of the only one if it has no id. */
export interface SlotReward {
  readonly slotId?: string;
  readonly value: number;
}

export interface RankEvents {
  /** Decisions of an event, deferred ones included; undefined if it was never ranked. */
  find(eventId: string): Promise<readonly Decision[] | undefined>;
  /** Kept until the reward window of the request is over. @throws conflict if the id is taken */
  defer(eventId: string, decisions: readonly Decision[]): Promise<void>;
  /** A deferred event is decided from now on; an active one stays as it is. @throws not_found, conflict */
  activate(eventId: string): Promise<void>;
  /**
   * A deferred event keeps its rewards until it is activated.
   * @param requestId the same for a request that is sent again
   * @throws not_found, invalid_request
   */
  reward(eventId: string, rewards: readonly SlotReward[], requestId: string): Promise<void>;
}

/** A rank request has at most 50 slots. */
const mostSlots = 50;

/**
 * Id of a decision's slot; undefined if its event has only one place. A slot has a context of this form alone, with the
 * caller's features inside, while that of one place is the caller's own.
 */
function slotOf({ context }: Pick<Decision, "context">): string | undefined {
  const { context: features, slot, ...others } = context;
  if (!isJsonObject(features) || !isJsonObject(slot) || Object.keys(others).length > 0)
    return undefined;
  return typeof slot.id === "string" ? slot.id : undefined;
}

/** A reward without a slot is that of the only decision, whose context may be the caller's and look like a slot's. */
const findRewarded = (decisions: readonly Decision[], slotId: string | undefined) =>
  slotId === undefined && decisions.length === 1
    ? decisions[0]
    : decisions.find((one) => slotOf(one) === slotId);

function unknownEvent(eventId: string): EngineError {
  const message = `no event '${eventId}': it was never ranked, or not activated within the reward wait time`;
  return new EngineError("not_found", message, { details: { eventId } });
}

function unknownSlot(slotId: string | undefined, known: readonly string[]): EngineError {
  const slots = known.join(", ");
  const single = "the event has no slots; send its reward to /events/{eventId}/reward";
  const remedy =
    slotId === undefined
      ? `the event has the slots ${slots}; send their rewards to /multislot/events/{eventId}/reward`
      : `the event has no slot '${slotId}'; send one of ${slots}`;
  return new EngineError("invalid_request", known.length === 0 ? single : remedy, {
    details: { field: "slotId", value: slotId ?? null },
  });
}

/**
 * The first reward of an event counts, unless the scenario adds them up or takes the largest: then each request counts once.
 */
function eventIdOf({ reward }: Scenario, decision: string, requestId: string): string {
  const isFirst = repeatsOf(reward, rewardType) === "last";
  return isFirst ? `reward/${decision}` : `reward/${decision}/${requestId}`;
}

/** The loop that the events belong to. */
interface RankScene {
  readonly parts: RecommendParts;
  readonly scenario: Scenario;
}

/** Decisions of an event that was not activated yet. */
async function findDeferred(
  { parts: { store, clock }, scenario }: RankScene,
  eventId: string,
): Promise<readonly Decision[] | undefined> {
  const decisions = (await store.deferrals.find(decisionId(eventId), clock()))?.decisions;
  return decisions?.[0]?.scenario === scenario.name ? decisions : undefined;
}

/** Decisions of the event's slots, or the only one. */
async function findActive(
  { parts: { store }, scenario }: RankScene,
  eventId: string,
): Promise<readonly Decision[] | undefined> {
  const first = (await store.decisions.find(decisionId(eventId)))?.decision;
  if (first?.scenario !== scenario.name) return undefined;
  if (slotOf(first) === undefined) return [first];
  const { rows } = await store.decisions.list({
    userId: userId(eventId),
    scenario: scenario.name,
    from: first.decidedAt,
    before: { decidedAt: Number.MAX_SAFE_INTEGER },
    limit: mostSlots,
  });
  return rows.map(({ decision }) => decision).toReversed();
}

/** Rewards as events; late ones change nothing. */
function toEvents(
  { scenario }: RankScene,
  decisions: readonly Decision[],
  { rewards, requestId }: { readonly rewards: readonly SlotReward[]; readonly requestId: string },
): readonly EventInput[] {
  const known = decisions.flatMap((one) => slotOf(one) ?? []);
  return rewards.map(({ slotId, value }) => {
    const decision = findRewarded(decisions, slotId);
    if (decision === undefined) throw unknownSlot(slotId, known);
    const { userId: user, slate, decisionId: id } = decision;
    const eventId = eventIdOf(scenario, id, requestId);
    return {
      type: rewardType,
      value,
      userId: user,
      itemId: slate[0] ?? "",
      decisionId: id,
      eventId,
    };
  });
}

async function activateEvent(scene: RankScene, eventId: string): Promise<void> {
  const isDeferred = (await findDeferred(scene, eventId)) !== undefined;
  if (isDeferred && (await activateDeferral(scene.parts, decisionId(eventId)))) return;
  if ((await findActive(scene, eventId)) === undefined) await checkDemonstrated(scene, eventId);
}

/** An apprentice's event has no rewards: they change nothing. @throws not_found */
async function checkDemonstrated({ parts }: RankScene, eventId: string): Promise<void> {
  if (!(await isDemonstration(parts.store, eventId, parts.clock()))) throw unknownEvent(eventId);
}

async function rewardEvent(
  scene: RankScene,
  eventId: string,
  sent: { readonly rewards: readonly SlotReward[]; readonly requestId: string },
): Promise<void> {
  const { store, clock } = scene.parts;
  const deferred = await findDeferred(scene, eventId);
  const decisions = deferred ?? (await findActive(scene, eventId));
  if (decisions === undefined) return checkDemonstrated(scene, eventId);
  const events = toEvents(scene, decisions, sent);
  if (deferred === undefined) return void (await record(scene.parts, events));
  const deferral = decisionId(eventId);
  const rows = events.map((event) => ({ event: complete(event, clock()), deferral }));
  try {
    await store.events.record(rows);
  } catch (error) {
    if (!(error instanceof DeferralChanged)) throw error;
    await rewardEvent(scene, eventId, sent);
  }
}

export function createRankEvents(parts: RecommendParts, scenario: Scenario): RankEvents {
  const scene = { parts, scenario };
  return {
    find: async (id) => (await findDeferred(scene, id)) ?? findActive(scene, id),
    defer: (eventId, decisions) =>
      parts.store.deferrals.add([{ id: decisionId(eventId), decisions }]),
    activate: (eventId) => activateEvent(scene, eventId),
    reward: (eventId, rewards, requestId) => rewardEvent(scene, eventId, { rewards, requestId }),
  };
}
