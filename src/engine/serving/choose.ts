import type { Decision } from "../../domain/decision.ts";
import { decisionId } from "../../domain/ids.ts";
import { openMs } from "../../domain/reward-rule.ts";
import { createRandom } from "../../numeric/random.ts";
import type { Recommendation } from "../calls/serving-calls.ts";
import { checkBids } from "../campaigns/check-bids.ts";
import { adsOf } from "../campaigns/shown-ads.ts";
import { findScenario } from "../configuration/find-scenario.ts";
import { relateOffered } from "../related/relate-offered.ts";
import { checkPins } from "../rules/check-pins.ts";
import { viewSocial } from "../social/view-social.ts";
import { inSpan } from "../telemetry/in-span.ts";
import { checkAny, checkRequest } from "./candidates.ts";
import { chooseArm, explorationOf } from "./choose-arm.ts";
import { chooseSeed } from "./choose-seed.ts";
import { drawSlate } from "./draw-slate.ts";
import { loggedOffer, offerOf } from "./offer-limits.ts";
import type { ParsedInput } from "./parsed-input.ts";
import { readAsOf } from "./read-as-of.ts";
import type { RecommendParts } from "./recommend-parts.ts";
import { reserveCandidates } from "./reserve-candidates.ts";
import { retrieveItems } from "./retriever.ts";
import { type ScoredCandidates, scoreInSpan } from "./score-candidates.ts";
import { servingRuleOf } from "./serving-rule-of.ts";

/** A decision that is not in the record yet, with the logits of its candidates. */
export interface Chosen {
  readonly recommendation: Recommendation;
  readonly logits: Float64Array;
}

/** The policy whose scores draw the slate. */
const answeredBy = ({ arm, version, mark }: ScoredCandidates) => ({
  arm,
  policyVersion: version,
  ...(mark && { fastLoop: mark }),
});

/** Stages 2 to 5 of the loop: profile, candidates, policy, slate. The decision is not in the record yet. */
export async function choose(parts: RecommendParts, input: ParsedInput): Promise<Chosen> {
  const { userId, context = {} } = input;
  const scenario = findScenario(parts.configuration, input.scenario);
  const slateSize = input.slateSize ?? scenario.slateSize;
  checkRequest(slateSize, input.candidates);
  checkBids(scenario, input.candidates);
  checkPins(input, scenario, slateSize);
  const servingRule = servingRuleOf(parts.configuration, scenario);
  const offer = offerOf(input);
  const asked = { scenario, servingRule, offer, now: parts.clock() };
  const read = await inSpan("read", () => readAsOf(parts, input, asked));
  const { asOf, assignment, state, social, auction } = read;
  parts.fastLoops.forgetBefore(await parts.store.erasures.last());
  const visitor = { scenario: scenario.name, userId };
  const arm = chooseArm(assignment, servingRule, visitor);
  checkAny(read.offered.count, slateSize, auction !== undefined);

  const seed = await chooseSeed(parts, input, visitor);
  const random = createRandom(seed);
  const size = Math.min(slateSize, read.offered.count);
  const limit = Math.max(size, scenario.maxCandidates);
  const wanted = { ...read, ...parts, scenario, size, limit };
  const { offered, relatedTo, ...related } = await relateOffered(input.relatedTo, wanted);
  const moment = { ...asked, slateSize: size, auction };
  const eligible = { ...read, scenario, offered, servingRule, limit };
  const reserved = await reserveCandidates(parts, input, eligible);
  const lots = random.split("retrieve");
  const retrieval = { assignment, arm, offered, state, limit, reserved, moment, random: lots };
  const retrieved = await inSpan("retrieve", () => retrieveItems(parts.policies, retrieval));
  const views = viewSocial(retrieved.views, () => retrieved.facts, social);
  const drawnAds = auction && scenario.ads && adsOf(auction, scenario.ads, retrieved.facts);
  const situation = { views, scenario, userId: read.known, state, random, ads: drawnAds };
  const scored = await scoreInSpan(parts, { assignment, arm }, situation);
  const exploration = explorationOf(scored, assignment, servingRule);
  const { tilted } = read.groups;
  const drawing = { name: scenario.name, moment, tilted, retrieved, scored, exploration, random };
  const { drawn, ads, logits } = await drawSlate(drawing);

  const decision: Decision = {
    decisionId: input.decisionId ?? decisionId(parts.createId()),
    userId,
    scenario: scenario.name,
    ...answeredBy(scored),
    seed,
    asOf,
    context,
    ...drawn,
    rewardRule: scenario.reward,
    servingRule,
    decidedAt: asked.now,
    expiresAt: asked.now + openMs(scenario.reward),
    offeredBy: input.candidates === undefined ? "catalogue" : "request",
    ...(retrieved.retriever !== undefined && { retriever: retrieved.retriever }),
    ...loggedOffer(offer, { relatedTo, size, shown: drawn.slate.length }),
    ...(ads && { ads }),
  };
  const fallback = scored.fallback ?? retrieved.fallback ?? related.fallback;
  return { recommendation: { decision, ...(fallback === undefined ? {} : { fallback }) }, logits };
}
