import type { Decision } from "../../domain/decision.ts";
import { EngineError } from "../../domain/errors.ts";
import { decisionId, userId } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import { openMs, repeatsOf } from "../../domain/reward-rule.ts";
import type { Scenario } from "../../domain/scenario.ts";
import { rewardType } from "../configuration/compatibility.ts";
import type { EventInput } from "../input/input.ts";
import type { RecommendParts } from "../serving/recommend-parts.ts";
import { attribute, complete, record } from "../serving/record.ts";
import { isDemonstration } from "./demonstrations.ts";

/** A reward of a slot; of the only one if it has no id. */
export interface SlotReward {
  readonly slotId?: string;
  readonly value: number;
}

/** An event that was not activated yet, with the rewards that came before. */
interface Deferred {
  readonly decisions: readonly Decision[];
  readonly rewards: readonly EventInput[];
}

export interface RankEvents {
  /** Decisions of an event, deferred ones included; undefined if it was never ranked. */
  find(eventId: string): Promise<readonly Decision[] | undefined>;
  /** Kept until the reward window of the request is over. @throws conflict if the id is taken */
  defer(eventId: string, decisions: readonly Decision[]): Promise<void>;
  /** A deferred event is decided from now on; an active one stays as it is. @throws not_found */
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

/** Id of a decision's slot; undefined if its event has only one place. */
function slotOf({ context }: Pick<Decision, "context">): string | undefined {
  const { slot } = context;
  if (typeof slot !== "object" || slot === null || !("id" in slot)) return undefined;
  return String(slot.id);
}

function unknownEvent(eventId: string): EngineError {
  const message = `no event '${eventId}': it was never ranked, or not activated within the reward wait time`;
  return new EngineError("not_found", message, { details: { eventId } });
}

function unknownSlot(slotId: string, known: readonly string[]): EngineError {
  const message = `the event has no slot '${slotId}'; send one of ${known.join(", ")}`;
  return new EngineError("invalid_request", message, {
    details: { field: "slotId", value: slotId },
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

const keyOf = (id: string) => ({ kind: "deferred", id }) as const;

async function findDeferred({ parts }: RankScene, eventId: string): Promise<Deferred | undefined> {
  const found = await parts.store.documents.find(keyOf(eventId), parts.clock());
  return found as unknown as Deferred | undefined;
}

/** Slots after the first are found while they are open: later rewards change nothing. */
async function findActive(
  { parts: { store, clock }, scenario }: RankScene,
  eventId: string,
): Promise<readonly Decision[] | undefined> {
  const first = (await store.decisions.find(decisionId(eventId)))?.decision;
  if (first?.scenario !== scenario.name) return undefined;
  if (slotOf(first) === undefined) return [first];
  const page = { userId: userId(eventId), scenario: scenario.name, now: clock(), limit: mostSlots };
  const open = (await store.decisions.openOf(page)).toReversed();
  return open.length > 0 ? open.map(({ decision }) => decision) : [first];
}

/** Rewards as events. Those for slots of a closed event are left out: its slots are not looked for. */
function toEvents(
  { parts, scenario }: RankScene,
  decisions: readonly Decision[],
  { rewards, requestId }: { readonly rewards: readonly SlotReward[]; readonly requestId: string },
): readonly EventInput[] {
  const known = decisions.flatMap((one) => slotOf(one) ?? []);
  const isClosed = decisions.every(({ expiresAt }) => expiresAt <= parts.clock());
  return rewards.flatMap(({ slotId, value }) => {
    const decision = decisions.find((one) => slotOf(one) === slotId);
    if (decision === undefined && isClosed && known.length > 0) return [];
    if (decision === undefined) throw unknownSlot(slotId ?? "", known);
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

/** Its window begins when it is shown. */
async function activateDeferred(
  { parts, scenario }: RankScene,
  eventId: string,
  { decisions, rewards }: Deferred,
): Promise<void> {
  const now = parts.clock();
  const expiresAt = now + openMs(scenario.reward);
  const shown = decisions.map((one) => ({ ...one, decidedAt: now, expiresAt }));
  const arrival = { configuration: parts.configuration, now };
  const events = rewards.map((input) => {
    const decision = shown.find((one) => one.decisionId === input.decisionId);
    const feedback = decision && { decision, sequence: 0, rewards: [] };
    return attribute(complete(input, now), feedback, arrival).row;
  });
  await parts.store.decisions.appendAll(shown, { events, settles: keyOf(eventId) });
  parts.fastLoops.learn(scenario);
}

async function putDeferred(
  { parts: { store, clock }, scenario }: RankScene,
  eventId: string,
  deferred: Deferred,
): Promise<void> {
  const [{ decidedAt = 0 } = {}] = deferred.decisions;
  const isNew = deferred.rewards.length === 0;
  const options = { now: clock(), expiresAt: decidedAt + openMs(scenario.reward), isNew };
  await store.documents.put(keyOf(eventId), deferred as unknown as Json, options);
}

/** Runs one piece of work after the other: no other changes a row between its reading and its writing. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
}

async function activateEvent(scene: RankScene, eventId: string): Promise<void> {
  const deferred = await findDeferred(scene, eventId);
  if (deferred !== undefined) return activateDeferred(scene, eventId, deferred);
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
  const deferred = await findDeferred(scene, eventId);
  const decisions = deferred?.decisions ?? (await findActive(scene, eventId));
  if (decisions === undefined) return checkDemonstrated(scene, eventId);
  const events = toEvents(scene, decisions, sent);
  if (deferred === undefined) await record(scene.parts, events);
  else await putDeferred(scene, eventId, { decisions, rewards: [...deferred.rewards, ...events] });
}

export function createRankEvents(parts: RecommendParts, scenario: Scenario): RankEvents {
  const scene = { parts, scenario };
  const inTurn = createTurns();
  /** Only deferred events are read and written in two steps. */
  const run = async (eventId: string, work: () => Promise<void>) =>
    (await findDeferred(scene, eventId)) === undefined ? work() : inTurn(work);
  return {
    find: async (id) => (await findDeferred(scene, id))?.decisions ?? findActive(scene, id),
    defer: (eventId, decisions) => putDeferred(scene, eventId, { decisions, rewards: [] }),
    activate: (eventId) => run(eventId, () => activateEvent(scene, eventId)),
    reward: (eventId, rewards, requestId) =>
      run(eventId, () => rewardEvent(scene, eventId, { rewards, requestId })),
  };
}
