import {
  type Decision,
  type DrawnTime,
  type OfferLimits,
  timeOfDraw,
} from "../../domain/decision.ts";
import type { Boost, Cap, ItemRules, PinnedItem, ScenarioRules } from "../../domain/rules.ts";
import type { SlateCaps } from "../../domain/slate-caps.ts";
import type { PlaceRules } from "../../policy/slate.ts";
import type { Auction } from "../campaigns/auction.ts";
import { diversityOf } from "./diversity-of.ts";
import type { TiltedGroup } from "./group-index.ts";
import { groupsIn, type ItemFacts } from "./item-facts.ts";
import { ruleTime } from "./offer-rules.ts";
import { filterOf } from "./parse-filter.ts";

/** Rules about the draw of a slate, on its candidates. */
export interface DrawRules extends PlaceRules {
  /** Added to the log-odds of each candidate. */
  readonly boosts?: Float64Array;
}

/** The moment of a draw. */
export interface DrawMoment {
  readonly scenario: { readonly rules?: ScenarioRules | undefined };
  readonly offer: OfferLimits | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Places of the slate. */
  readonly slateSize: number;
  /** Of a scenario with ads. */
  readonly auction?: Auction | undefined;
  /** Candidates below the scenario's quality floor, by index. */
  readonly barred?: readonly number[] | undefined;
}

/** Those of the scenario and of the request. */
export const bothRules = ({
  scenario,
  offer,
}: Pick<DrawMoment, "scenario" | "offer">): readonly ItemRules[] =>
  [scenario.rules, offer?.rules].filter((rules): rules is ItemRules => rules !== undefined);

/** Condition of a boost, with its addition. */
interface BoostTest {
  readonly passes: (facts: ItemFacts, now: number) => boolean;
  readonly add: number;
}

const testOf = ({ filter, add }: Boost): BoostTest => ({ ...filterOf(filter), add });

/** The user's aversion is a boost below 0, and an author's newness one above. */
const testOfTilted = ({ by, values, add }: TiltedGroup): BoostTest => ({
  passes: (facts) => groupsIn(facts, by).some((value) => values.has(value)),
  add,
});

function boostsOf(
  tests: readonly BoostTest[],
  facts: readonly ItemFacts[],
  { now, auction }: Pick<DrawMoment, "now" | "auction">,
) {
  const time = ruleTime(now);
  return Float64Array.from(facts, (one) =>
    tests.reduce(
      (sum, { passes, add }) => (passes(one, time) ? sum + add : sum),
      auction?.boostOf(one) ?? 0,
    ),
  );
}

function capsOf(caps: readonly Cap[], facts: readonly ItemFacts[]): SlateCaps {
  const numbers = new Map<string, number>();
  const limits: number[] = [];
  const numberOf = ({ by, most }: Cap, place: number, value: string) => {
    const key = `${place} ${by} ${value}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, limits.length);
    return limits.push(most) - 1;
  };
  // Candidates of the same groups share a list: a cycle holds those of many slates.
  const lists = new Map<string, readonly number[]>();
  const groupsOf = facts.map((one) => {
    const groups = caps.flatMap((cap, place) =>
      groupsIn(one, cap.by).map((value) => numberOf(cap, place, value)),
    );
    const list = lists.get(groups.join()) ?? groups;
    lists.set(groups.join(), list);
    return list;
  });
  return { groupsOf, limits };
}

function pinsOf(pins: readonly PinnedItem[], facts: readonly ItemFacts[], slateSize: number) {
  if (pins.length === 0) return new Map<number, number>();
  const indices = new Map(facts.map(({ itemId }, index) => [itemId, index]));
  const held = pins.flatMap(({ itemId, position }) => {
    const index = indices.get(itemId);
    return index === undefined || position >= slateSize ? [] : [[position, index] as const];
  });
  return new Map(held.sort(([left], [right]) => left - right));
}

/**
 * @param factsOf the candidates, in their order; not asked for without rules
 * @param tilted groups of items whose odds are changed
 */
export function drawRulesOf(
  moment: DrawMoment,
  factsOf: () => readonly ItemFacts[],
  tilted: readonly TiltedGroup[] = [],
): DrawRules {
  const rules = bothRules(moment).filter(({ boosts, pins, caps }) => boosts || pins || caps);
  const { auction, barred } = moment;
  const diversity = moment.scenario.rules?.diversity ?? 0;
  if (rules.length === 0 && tilted.length === 0 && !auction && diversity === 0) return {};
  const facts = factsOf();
  const boosts = [
    ...rules.flatMap((one) => one.boosts ?? []).map(testOf),
    ...tilted.map(testOfTilted),
  ];
  const caps = rules.flatMap((one) => one.caps ?? []);
  const pins = pinsOf(
    rules.flatMap((one) => one.pins ?? []),
    facts,
    moment.slateSize,
  );
  return {
    ...((boosts.length > 0 || auction) && { boosts: boostsOf(boosts, facts, moment) }),
    ...(pins.size > 0 && { pins }),
    ...(caps.length > 0 && { caps: capsOf(caps, facts) }),
    ...(diversity > 0 && { diversity: diversityOf(diversity, facts) }),
    ...(barred && { barred }),
  };
}

/** Of a logged decision. */
export const momentOf = ({
  servingRule,
  offer,
  slate,
  fastLoop,
  ...times
}: Pick<Decision, "servingRule" | "offer" | DrawnTime | "slate" | "fastLoop">): DrawMoment => ({
  scenario: servingRule ?? {},
  offer,
  now: timeOfDraw(times),
  slateSize: offer?.slateSize ?? slate.length,
  barred: fastLoop?.below,
});

/** Log-odds with the boosts, as every policy gets them. */
export const addBoosts = (logits: Float64Array, { boosts }: DrawRules): Float64Array =>
  boosts === undefined ? logits : logits.map((logit, a) => logit + (boosts[a] ?? 0));

/** Items that have their places by a rule, if they are in the slate. */
export function pinnedItems(decision: Parameters<typeof momentOf>[0]): ReadonlySet<string> {
  const moment = momentOf(decision);
  const pins = bothRules(moment).flatMap((rules) => rules.pins ?? []);
  const held = pins.filter(({ position }) => position < moment.slateSize);
  return new Set(held.map(({ itemId }) => itemId));
}

/** Whether retrieval has to keep items for the rules of the draw. */
export const pinsOrCaps = (moment: DrawMoment): boolean =>
  bothRules(moment).some(({ pins, caps }) => pins || caps);
