import type { ItemId } from "../../../domain/ids.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import { measureAccuracy } from "../../../evaluation/ranking/accuracy.ts";
import { rankItems } from "../../../evaluation/ranking/rank-items.ts";
import { numbersWithout } from "../../../numeric/index-list.ts";
import type { RandomStream } from "../../../numeric/random.ts";
import type { ItemView, Policy, PolicyState } from "../../../policy/policy.ts";
import { retrieve } from "../../../policy/retrieve.ts";
import { type DrawRules, drawRulesOf } from "../../rules/draw-rules.ts";
import type { OfferRules } from "../../rules/offer-rules.ts";
import { newcomersOf } from "../../rules/read-groups.ts";
import { eligible } from "../../serving/candidates.ts";
import { completeKept } from "../../serving/complete-kept.ts";
import { scoreOffered } from "../../serving/retriever.ts";
import type { Catalogue } from "../../state/catalogue.ts";

/** The scenario's items. */
export interface ItemContext {
  readonly scenario: Scenario;
  readonly catalogue: Catalogue;
}

/** A held-out event: the user's state before it, its item, and the items that were left out for the user then. */
export interface HeldOut {
  readonly state: PolicyState;
  readonly next: ItemView;
  readonly leftOut: ReadonlySet<ItemId>;
  /** Of the scenario, at its time. */
  readonly rules: OfferRules;
  /** The user's events as codes, with the held-out one last. */
  readonly codes: readonly number[];
}

/** A policy on a held-out event, as serving would have met it. */
export interface SlateCase {
  /** Chance that the best `slateSize` of all candidates hold the next item: 0 or 1 without ties. */
  readonly sorted: number;
  /** Log-odds of the candidates that retrieval kept. */
  readonly logits: Float64Array;
  /** Index of the next item among them, −1 if retrieval left it out. */
  readonly target: number;
  /** Of the draw, on these candidates; boosts are no part of the log-odds. */
  readonly rules: DrawRules;
}

export interface RankedCase extends SlateCase {
  /** NDCG of the best `slateSize` of all candidates. */
  readonly ndcg: number;
}

/**
 * Candidates are the whole catalogue under the scenario's rules, retrieved as `recommend` does: sampled negatives change the
 * order of methods (Krichene & Rendle 2020).
 */
export async function readCases(
  policy: Policy,
  heldOut: readonly Omit<HeldOut, "codes">[],
  {
    context: { catalogue, scenario },
    random,
  }: { readonly context: ItemContext; readonly random: RandomStream },
): Promise<readonly RankedCase[]> {
  const { slateSize, maxCandidates } = scenario;
  const limit = Math.max(slateSize, maxCandidates);
  const cases: RankedCase[] = [];
  for (const [index, { state, next, rules, leftOut }] of heldOut.entries()) {
    const offered = eligible({ candidates: undefined, catalogue, rules, leftOut });
    const scored = await scoreOffered(policy, state, offered);
    const { logits: all } = scored;
    const [place = -1] = numbersWithout([offered.list.indexOf(next)], offered.hidden);
    const stream = random.split(`retrieve/${index}`);
    const retrieved = retrieve(scored, limit, stream);
    const moment = { scenario, offer: undefined, now: rules.now, slateSize };
    const kept = completeKept(retrieved.kept, { offered, moment, random: stream });
    const ties = rankItems({ scores: all, seen: new Set() }, [place]);
    const { hitRate, ndcg } = measureAccuracy(ties, { relevant: 1, k: slateSize });
    cases.push({
      sorted: hitRate,
      ndcg,
      logits: Float64Array.from(kept, (candidate) => all[candidate] ?? Number.NaN),
      target: kept.indexOf(place),
      rules: drawRulesOf(
        moment,
        () => kept.map((candidate) => offered.at(candidate).facts),
        newcomersOf(scenario, catalogue, rules.now),
      ),
    });
  }
  return cases;
}
