import type { ShownAd } from "../../domain/campaign.ts";
import type { Candidate, Decision } from "../../domain/decision.ts";
import type { RandomStream } from "../../numeric/random.ts";
import { jointPropensity, sampleSlate } from "../../policy/slate.ts";
import type { Auction } from "../campaigns/auction.ts";
import { shownAds } from "../campaigns/shown-ads.ts";
import { addBoosts, type DrawMoment, type DrawRules, drawRulesOf } from "../rules/draw-rules.ts";
import type { TiltedGroup } from "../rules/group-index.ts";
import { inSpan } from "../telemetry/in-span.ts";
import { checkShown } from "./candidates.ts";
import type { RetrievedItems } from "./retriever.ts";
import type { ScoredCandidates } from "./score-candidates.ts";

/** The part of a decision that chance makes. */
type DrawnSlate = Pick<
  Decision,
  "candidates" | "slate" | "positionPropensities" | "slatePropensity" | "exploration"
>;

/** Scored candidates, and the moment, the odds and the lots of their draw. */
interface Drawing {
  readonly name: string;
  readonly moment: DrawMoment;
  readonly tilted: readonly TiltedGroup[];
  readonly retrieved: RetrievedItems;
  readonly scored: ScoredCandidates;
  readonly exploration: number;
  readonly random: RandomStream;
}

type SlateInput = Parameters<typeof sampleSlate>[0] & {
  readonly logits: Float64Array;
  readonly rules: DrawRules;
};

/** @throws no_candidates */
function sample(
  { name, candidates }: { readonly name: string; readonly candidates: readonly Candidate[] },
  input: SlateInput,
): DrawnSlate {
  const { exploration } = input;
  const { order, positionPropensities } = sampleSlate({
    ...input,
    random: input.random.split("slate"),
  });
  checkShown(order.length, { name });
  return {
    candidates,
    slate: order.flatMap((index) => candidates[index]?.itemId ?? []),
    positionPropensities,
    slatePropensity: jointPropensity(positionPropensities),
    exploration,
  };
}

/** The campaigns of a drawn slate. */
function adsIn(
  auction: Auction,
  drawn: DrawnSlate,
  { retrieved, scored, input }: Drawing & { readonly input: SlateInput },
): readonly ShownAd[] {
  const calm = scored.calm && addBoosts(scored.calm, input.rules);
  const shown = { ...retrieved, ...drawn, arm: scored.arm };
  return shownAds(auction, shown, { ...input, calm });
}

/**
 * Draws the slate with the rules of scenario and request, and finds its campaigns.
 * @returns the slate, its campaigns in a scenario with ads, and the logits that it was drawn by
 * @throws no_candidates
 */
export async function drawSlate(drawing: Drawing): Promise<{
  readonly drawn: DrawnSlate;
  readonly ads: readonly ShownAd[] | undefined;
  readonly logits: Float64Array;
}> {
  const { name, moment, tilted, retrieved, scored, exploration, random } = drawing;
  const { slateSize, auction } = moment;
  const { below: barred } = scored.mark ?? {};
  const rules = drawRulesOf({ ...moment, barred }, () => retrieved.facts, tilted);
  const logits = addBoosts(scored.logits, rules);
  const input = { logits, slateSize, exploration, rules, random };
  const drawn = await inSpan("draw", () => sample({ ...retrieved, name }, input));
  return { drawn, ads: auction && adsIn(auction, drawn, { ...drawing, input }), logits };
}
