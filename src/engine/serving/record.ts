import { type BehaviourEvent, type RecordOutcome, recordOutcomes } from "../../domain/behaviour.ts";
import { type ShownAd, worthOf } from "../../domain/campaign.ts";
import { activatedAt, type ShownSlate } from "../../domain/decision.ts";
import { EngineError } from "../../domain/errors.ts";
import { type DecisionId, decisionId, itemId, userId } from "../../domain/ids.ts";
import { closesFor, repeatsOf, weightOf, windowEnd } from "../../domain/reward-rule.ts";
import type { Scenario } from "../../domain/scenario.ts";
import { DeferralChanged } from "../../storage/deferral-store.ts";
import type { EventRow } from "../../storage/event-store.ts";
import type { Store } from "../../storage/store.ts";
import type { RecordSummary } from "../calls/serving-calls.ts";
import type { Configuration } from "../configuration/configuration.ts";
import type { EventInput } from "../input/input.ts";
import { warnOfTypes } from "./event-types.ts";

export interface RecordParts {
  readonly store: Store;
  readonly configuration: Configuration;
  readonly clock: () => number;
}

/** An event with the reward that it brings. */
export interface Attributed {
  readonly row: EventRow;
  readonly late: boolean;
}

/** Configuration and time of arrival. */
interface Arrival {
  readonly configuration: Configuration;
  readonly now: number;
}

function refuse(index: number, field: string, value: unknown, remedy: string): EngineError {
  return new EngineError(
    "invalid_request",
    `events[${index}].${field} is ${String(value)}: ${remedy}`,
    {
      details: { field: `events[${index}].${field}`, value },
    },
  );
}

/** Nothing has happened later than it arrives: a later time is of a fast clock, and would escape retention and rules. */
export const complete = (
  { userId: user, itemId: item, decisionId: decision, occurredAt, ...event }: EventInput,
  now: number,
): BehaviourEvent => ({
  value: 1,
  ...event,
  occurredAt: Math.min(occurredAt ?? now, now),
  userId: userId(user),
  itemId: itemId(item),
  ...(decision !== undefined && { decisionId: decisionId(decision) }),
});

/** A decision that an event names. */
interface Named extends ShownSlate {
  /** It is kept beside the record, and so is the event. */
  readonly isDeferred?: true;
}

/** The decision that the event names must exist, be this user's and have shown this item. */
function checkNamed(event: BehaviourEvent, decision: Named | undefined, index: number): Named {
  if (decision === undefined) {
    throw new EngineError(
      "unknown_decision",
      `events[${index}].decisionId '${event.decisionId}' is unknown; send the decisionId of a recommendation or leave it out`,
      { details: { field: `events[${index}].decisionId`, value: event.decisionId } },
    );
  }
  if (decision.userId !== event.userId) {
    throw refuse(
      index,
      "userId",
      event.userId,
      `decision ${decision.decisionId} was made for another user`,
    );
  }
  if (!decision.slate.includes(event.itemId)) {
    throw refuse(index, "itemId", event.itemId, `decision ${decision.decisionId} did not show it`);
  }
  return decision;
}

/** Of an outcome that campaigns pay for: its price, or nothing if this one pays for another. */
function rewardOfAd(
  { type }: BehaviourEvent,
  ad: ShownAd | undefined,
  { ads }: Scenario,
): number | undefined {
  if (ad === undefined || !ads?.outcomes.includes(type)) return undefined;
  return ad.pays === type ? worthOf(ad) : 0;
}

/**
 * Event → row: weighted by the scenario's rule, or behaviour only if no open decision or no weight
 * applies.
 */
export function attribute(
  event: BehaviourEvent,
  decision: ShownSlate | undefined,
  { configuration, now }: Arrival,
): Attributed {
  if (decision === undefined) return { row: { event }, late: false };
  const { type } = event;
  const late = now >= closesFor(decision, type) || event.occurredAt >= windowEnd(decision, type);
  const place = {
    decisionId: decision.decisionId,
    position: decision.slate.indexOf(event.itemId),
  };
  if (event.type === decision.rewardRule?.viewedType)
    return { row: late ? { event } : { event, viewed: place }, late };
  // A scenario that was taken out of the configuration since then has no rule any more.
  const scenario = configuration.scenarios.find(({ name }) => name === decision.scenario);
  const weight = scenario && weightOf(scenario.reward, event.type);
  if (scenario === undefined || weight === undefined) return { row: { event }, late: false };
  if (late) return { row: { event }, late };
  const value = rewardOfAd(event, decision.ads?.[place.position], scenario) ?? weight * event.value;
  const repeats = repeatsOf(scenario.reward, event.type);
  return { row: { event, reward: { ...place, value, repeats } }, late };
}

/** A deferred decision as if it was activated now, since an event of it came; or one that was activated a moment ago. */
async function findDeferred(
  { deferrals, decisions }: Store,
  id: DecisionId,
  now: number,
): Promise<Named | undefined> {
  const deferral = await deferrals.find(id, now);
  const own = deferral?.decisions.find(({ decisionId: one }) => one === id);
  if (own === undefined) return decisions.findShown(id);
  return { ...activatedAt(own, now), isDeferred: true };
}

async function findNamed(store: Store, events: readonly BehaviourEvent[], now: number) {
  const ids = [...new Set(events.flatMap((event) => event.decisionId ?? []))];
  const named = new Map<DecisionId, Named | undefined>();
  for (const id of ids)
    named.set(id, (await store.decisions.findShown(id)) ?? (await findDeferred(store, id, now)));
  return named;
}

/**
 * Events with the rewards that they bring as of now; those of a deferred decision bring theirs when it is activated.
 * @throws unknown_decision, invalid_request
 */
export async function attributeEvents(
  { store, configuration, clock }: RecordParts,
  inputs: readonly EventInput[],
): Promise<readonly Attributed[]> {
  const now = clock();
  const events = inputs.map((input) => complete(input, now));
  const named = await findNamed(store, events, now);
  const rows: Attributed[] = [];
  for (const [index, event] of events.entries()) {
    const decision: Named | undefined =
      event.decisionId === undefined
        ? await store.decisions.findByItem({ ...event, now })
        : checkNamed(event, named.get(event.decisionId), index);
    const attributed = attribute(event, decision, { configuration, now });
    if (!Number.isFinite(attributed.row.reward?.value ?? 0))
      throw refuse(
        index,
        "value",
        event.value,
        `value × weight of '${event.type}' overflows; send a smaller value`,
      );
    const isDeferred = decision?.isDeferred === true;
    const row = { event, ...(isDeferred && { deferral: decision.decisionId }) };
    rows.push(isDeferred ? { row, late: false } : attributed);
  }
  return rows;
}

/** Attributes and stores events: again, if a decision was activated in between. */
async function store(parts: RecordParts, inputs: readonly EventInput[]) {
  for (;;) {
    const attributed = await attributeEvents(parts, inputs);
    try {
      const stored = await parts.store.events.record(attributed.map(({ row }) => row));
      return { attributed, stored };
    } catch (error) {
      if (!(error instanceof DeferralChanged)) throw error;
    }
  }
}

/** Stage 6 of the loop. All events or none; a duplicate or late event changes no reward. */
export async function record(
  parts: RecordParts,
  inputs: readonly EventInput[],
): Promise<RecordSummary> {
  const { attributed, stored } = await store(parts, inputs);
  const outcomes = attributed.map(({ row, late }, index): RecordOutcome => {
    if (stored[index] === "duplicate") return "duplicate";
    if (row.deferral !== undefined) return "deferred";
    if (late) return "late";
    return row.reward === undefined ? "recorded" : "rewarded";
  });
  const counts = Object.fromEntries(
    recordOutcomes.map((outcome) => [outcome, outcomes.filter((one) => one === outcome).length]),
  ) as Record<RecordOutcome, number>;
  const types = inputs.map(({ type }) => type);
  const warnings = warnOfTypes(parts.configuration.scenarios, types);
  return { outcomes, counts, ...(warnings.length > 0 && { warnings }) };
}
