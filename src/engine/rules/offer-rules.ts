import type { OfferLimits } from "../../domain/decision.ts";
import { type ItemId, itemId } from "../../domain/ids.ts";
import type { ScenarioRules } from "../../domain/rules.ts";
import type { ItemFacts } from "./item-facts.ts";
import { filterOf } from "./parse-filter.ts";

/** Filters see whole minutes: lists of a large catalogue are made anew at most once a minute. */
const minuteMs = 60_000;

/** The time that rules see. */
export const ruleTime = (now: number): number => now - (now % minuteMs);

/** Rules about the items of a decision, whoever looks: those of the scenario and of the request. */
export interface OfferRules {
  /** Each item has all of them. */
  readonly categories: readonly string[];
  /** Each item passes all of them. */
  readonly filters: readonly string[];
  readonly except: ReadonlySet<ItemId>;
  /** Milliseconds since 1970, a whole minute. */
  readonly now: number;
}

/** @param now milliseconds since 1970 */
export function joinRules(
  { rules }: { readonly rules?: ScenarioRules | undefined },
  offer: OfferLimits | undefined,
  now: number,
): OfferRules {
  const both = [rules, offer?.rules];
  const excluded = both.flatMap((one) => one?.exclude ?? []).map(itemId);
  const related = offer?.relatedTo ? [itemId(offer.relatedTo.itemId)] : [];
  return {
    categories: offer?.categories ?? [],
    filters: both.flatMap((one) => one?.filter ?? []),
    except: new Set([...excluded, ...related, ...(offer?.except ?? [])]),
    now: ruleTime(now),
  };
}

/** Of an item that is not withdrawn. */
export const mayBeOffered = (
  facts: ItemFacts,
  { categories, filters, except, now }: OfferRules,
): boolean =>
  categories.every((category) => facts.categories.includes(category)) &&
  !except.has(itemId(facts.itemId)) &&
  filters.every((filter) => filterOf(filter).passes(facts, now));
