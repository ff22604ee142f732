import type { BehaviourEvent } from "../../src/domain/behaviour.ts";
import type { Item, User } from "../../src/domain/catalogue.ts";
import type { Decision } from "../../src/domain/decision.ts";
import { decisionId, itemId, userId } from "../../src/domain/ids.ts";
import type { RepeatRule } from "../../src/domain/scenario.ts";
import type { ItemRewards } from "../../src/policy/item-rewards.ts";
import type { EventRow } from "../../src/storage/event-store.ts";
import type { NewPolicy } from "../../src/storage/policy-store.ts";

// Valid rows for tests that care about some of the fields only.

export function sampleUser(id: string, attributes: User["attributes"] = {}): User {
  return { userId: userId(id), attributes };
}

export function sampleItem(id: string, overrides: Partial<Item> = {}): Item {
  return {
    itemId: itemId(id),
    categories: ["book"],
    attributes: {},
    available: true,
    ...overrides,
  };
}

export function sampleDecision(id: string, overrides: Partial<Decision> = {}): Decision {
  return {
    decisionId: decisionId(id),
    userId: userId("ann"),
    scenario: "shop",
    arm: "serving",
    policyVersion: 1,
    seed: 4_294_967_295,
    asOf: 0,
    context: {},
    candidates: ["a", "b", "c"].map((candidate) => ({ itemId: itemId(candidate) })),
    slate: [itemId("a"), itemId("b")],
    positionPropensities: [0.5, 0.25],
    slatePropensity: 0.125,
    exploration: 0.1,
    decidedAt: 1000,
    expiresAt: 2000,
    ...overrides,
  };
}

export function sampleEvent(overrides: Partial<BehaviourEvent> = {}): BehaviourEvent {
  const event = { type: "click", userId: userId("ann"), itemId: itemId("a") };
  return { ...event, value: 1, occurredAt: 1000, ...overrides };
}

/** An event that brings a reward of `value` to a position of a decision. */
export function sampleReward(
  decision: string,
  options: {
    readonly position?: number;
    readonly type?: string;
    readonly value?: number;
    readonly repeats?: RepeatRule;
  } = {},
): EventRow {
  const { position = 0, type = "click", value = 1, repeats = "last" } = options;
  const event = sampleEvent({ type, value, decisionId: decisionId(decision) });
  return { event, reward: { decisionId: decisionId(decision), position, value, repeats } };
}

export function samplePolicy(overrides: Partial<NewPolicy> = {}): NewPolicy {
  return {
    scenario: "shop",
    kind: "network",
    status: "serving",
    createdAt: 1000,
    bytes: new Uint8Array([1, 2, 3]),
    evidence: { reason: "sample" },
    ...overrides,
  };
}

/** Rewards of 0 and 1. */
export const clicksOf = (impressions: number, clicks: number): ItemRewards => ({
  impressions,
  weightSquares: impressions,
  rewardSum: clicks,
  rewardSquares: clicks,
});
