import type { OfferLimits } from "../../domain/decision.ts";
import { EngineError } from "../../domain/errors.ts";
import { type ItemId, itemId, userId } from "../../domain/ids.ts";
import type { ReactionKey, UserReaction } from "../../domain/reaction.ts";
import type { Scenario } from "../../domain/scenario.ts";
import type { Scored } from "../../storage/reaction-store.ts";
import type { Recommendation } from "../calls/serving-calls.ts";
import { withConsent } from "../privacy/with-consent.ts";
import { joinRules, mayBeOffered } from "../rules/offer-rules.ts";
import { recommend } from "../serving/recommend-batch.ts";
import type { RecommendParts } from "../serving/recommend-parts.ts";
import { createItemTimes, type TimedItem } from "./item-times.ts";
import { createRowPatches, type RowPatches } from "./patch-rows.ts";
import {
  type ReactionInput,
  recordReactions,
  settleReactions,
  toReactionRows,
} from "./record-reactions.ts";

/** A page of recommendations: a decision of its own, without the items of the pages before it. */
export interface PageRequest {
  readonly userId: string;
  /** Items of the page, 1 to 50. */
  readonly size: number;
  /** Items on the pages before. */
  readonly offset: number;
  /** Each item has all of them. */
  readonly categories: readonly string[];
  /** Reactions of this type to the items of the page, after a time. */
  readonly writeBack?: { readonly type: string; readonly delayMs: number } | undefined;
}

/** A loop with reactions: recommendations of one scenario, and reactions that can be read, overwritten and taken back. */
export interface Reactions extends RowPatches {
  readonly scenario: string;
  /** Undefined if no item is left for the page. */
  recommend(page: PageRequest): Promise<Recommendation | undefined>;
  /** Users and items that it names first are created. @throws invalid_request before anything changes */
  record(
    inputs: readonly ReactionInput[],
    options: { readonly overwrites: boolean },
  ): Promise<void>;
  /** Those that have occurred. */
  list(
    filter: Partial<ReactionKey>,
    page: { readonly after?: ReactionKey; readonly limit: number },
  ): Promise<readonly UserReaction[]>;
  /** Number of reactions taken back, pending ones included. */
  delete(filter: Partial<ReactionKey>): Promise<number>;
  /** Items that may be shown, by the number of users with a wanted reaction; most first. */
  popular(categories: readonly string[]): Promise<readonly Scored[]>;
  /** Items that may be shown, by their owner's time; newest first. */
  latest(categories: readonly string[]): Promise<readonly TimedItem[]>;
  /** Items that may be shown, by the users that they share with this one; most similar first. */
  similarItems(itemId: string, categories: readonly string[]): Promise<readonly Scored[]>;
  /** Users by the items that they share with this one; most similar first. */
  similarUsers(userId: string): Promise<readonly Scored[]>;
}

/** A user's open decisions among which the page before is looked for. */
const pagesRemembered = 50;

const isSame = (left: readonly string[], right: readonly string[]) =>
  left.length === right.length && left.every((one, index) => one === right[index]);

/** The newest open decision that ends where the page begins has the items before it. */
async function offerOf(
  { store, clock }: RecommendParts,
  scenario: string,
  { userId: user, offset, categories }: PageRequest,
): Promise<OfferLimits> {
  const asked = categories.length > 0 ? { categories } : {};
  if (offset === 0) return asked;
  const open = await store.decisions.openOf({
    userId: userId(user),
    scenario,
    now: clock(),
    limit: pagesRemembered,
  });
  const before = open.find(
    ({ decision: { offer, slate } }) =>
      (offer?.offset ?? 0) + slate.length === offset && isSame(offer?.categories ?? [], categories),
  )?.decision;
  const except = before === undefined ? [] : [...(before.offer?.except ?? []), ...before.slate];
  return { ...asked, except, offset };
}

/** Types whose events bring more than nothing. */
const wantedTypes = ({ reward }: Scenario): readonly string[] =>
  Object.keys(reward.weights).filter((type) => (reward.weights[type] ?? 0) > 0);

async function writeBack(
  parts: RecommendParts,
  { decision }: Recommendation,
  { type, delayMs }: NonNullable<PageRequest["writeBack"]>,
): Promise<void> {
  const { userId: user, decisionId, slate } = decision;
  const inputs = slate.map((item) => ({
    userId: user,
    itemId: item,
    type,
    value: 1,
    decisionId,
    occurredAt: parts.clock() + delayMs,
  }));
  await parts.store.reactions.record(await toReactionRows(parts, inputs, true));
}

async function recommendPage(
  parts: RecommendParts,
  scenario: string,
  page: PageRequest,
): Promise<Recommendation | undefined> {
  const { userId: user, size } = page;
  // Before anything of the user is read.
  await settleReactions(parts, userId(user));
  const offer = await offerOf(parts, scenario, page);
  try {
    const recommendation = await recommend(parts, {
      userId: userId(user),
      scenario,
      slateSize: size,
      ...(Object.keys(offer).length > 0 && { offer }),
    });
    if (page.writeBack) await writeBack(parts, recommendation, page.writeBack);
    return recommendation;
  } catch (error) {
    if (error instanceof EngineError && error.code === "no_candidates") return undefined;
    throw error;
  }
}

export function createReactions(parts: RecommendParts, scenario: Scenario): Reactions {
  const { store, catalogue, clock } = parts;
  const { reactions } = store;
  // Lists that other users' reactions make are learnt from them.
  const { reactions: learnable } = withConsent(parts).store;
  const times = createItemTimes(store.items);
  const types = wantedTypes(scenario);
  const refresh = async () => catalogue.refresh(await store.sequence());
  /** Whether an item of these categories may be shown now, whoever looks. */
  const readShown = async (categories: readonly string[]) => {
    await refresh();
    const rules = joinRules(scenario, { categories }, clock());
    return (item: ItemId): boolean => {
      const isThere = catalogue.find(item) !== undefined && !catalogue.isWithdrawn(item);
      return isThere && mayBeOffered(catalogue.factsOf(item), rules);
    };
  };
  const shown = async (found: readonly Scored[], categories: readonly string[]) => {
    const mayBeShown = await readShown(categories);
    return found.filter(({ id }) => mayBeShown(itemId(id)));
  };
  return {
    ...createRowPatches(parts),
    scenario: scenario.name,
    recommend: (page) => recommendPage(parts, scenario.name, page),
    record: (inputs, options) => recordReactions(parts, inputs, options),
    list: (filter, page) => reactions.list({ ...filter, until: clock() }, page),
    delete: (filter) => reactions.delete({ ...filter, until: Number.MAX_SAFE_INTEGER }),
    popular: async (categories) => shown(await learnable.popular(types), categories),
    latest: async (categories) => {
      const newest = await times.newest();
      const mayBeShown = await readShown(categories);
      return newest.filter(({ itemId: item }) => mayBeShown(item));
    },
    similarItems: async (item, categories) =>
      shown(await learnable.similarItems(itemId(item), types), categories),
    similarUsers: (user) => learnable.similarUsers(userId(user), types),
  };
}
