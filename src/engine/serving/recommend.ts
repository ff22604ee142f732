import type { ShownAd } from "../../domain/campaign.ts";
import type { Consent } from "../../domain/consent.ts";
import type { Arm, Candidate, Decision, OfferLimits } from "../../domain/decision.ts";
import { EngineError } from "../../domain/errors.ts";
import { type DecisionId, decisionId, type UserId } from "../../domain/ids.ts";
import { type Assignment, uniformVersion } from "../../domain/policy-snapshot.ts";
import type { RelatedTo } from "../../domain/related.ts";
import { openMs } from "../../domain/reward-rule.ts";
import type { Scenario, ServingRule } from "../../domain/scenario.ts";
import { createRandom, type RandomStream } from "../../numeric/random.ts";
import type { PolicyState } from "../../policy/policy.ts";
import { jointPropensity, sampleSlate } from "../../policy/slate.ts";
import type { Store } from "../../storage/store.ts";
import type { Recommendation } from "../calls/serving-calls.ts";
import type { Auction } from "../campaigns/auction.ts";
import { checkBids } from "../campaigns/check-bids.ts";
import { adsOf, shownAds } from "../campaigns/shown-ads.ts";
import type { Configuration } from "../configuration/configuration.ts";
import type { RecommendInput } from "../input/input.ts";
import { relateOffered } from "../related/relate-offered.ts";
import { checkPins } from "../rules/check-pins.ts";
import { addBoosts, type DrawRules, drawRulesOf } from "../rules/draw-rules.ts";
import type { Social } from "../social/read-social.ts";
import { socialCandidates } from "../social/social-candidates.ts";
import { viewSocial } from "../social/view-social.ts";
import { type SourceMoment, sourceCandidates } from "../sources/source-candidates.ts";
import type { Catalogue } from "../state/catalogue.ts";
import { inSpan } from "../telemetry/in-span.ts";
import { checkAny, checkRequest, checkShown, type OfferedItems } from "./candidates.ts";
import { chooseArm, explorationOf } from "./choose-arm.ts";
import type { DrawnAds } from "./fast-loop/draw-logits.ts";
import type { FastLogits } from "./fast-loop/serving-loop.ts";
import type { FastLoops } from "./fast-loop/serving-loops.ts";
import { mixSeed } from "./mix-seed.ts";
import { readAsOf } from "./read-as-of.ts";
import { assertFinite, type RetrievedItems, retrieveItems } from "./retriever.ts";
import type { ServingPolicies } from "./serving-policies.ts";

export interface RecommendParts {
  readonly store: Store;
  readonly catalogue: Catalogue;
  readonly policies: ServingPolicies;
  readonly fastLoops: FastLoops;
  readonly configuration: Configuration;
  readonly clock: () => number;
  readonly random: RandomStream;
  readonly createId: () => string;
}

/** A request whose ids are known to be ids. */
export type ParsedInput = Omit<RecommendInput, "userId" | "candidates"> & {
  readonly userId: UserId;
  readonly candidates?: readonly Candidate[];
  /** The part of the catalogue that is asked for, beside the request's rules. */
  readonly offer?: OfferLimits;
  /** Default: a new one. */
  readonly decisionId?: DecisionId;
};

/** A decision that is not in the record yet, with the logits of its candidates. */
export interface Chosen {
  readonly recommendation: Recommendation;
  readonly logits: Float64Array;
}

export function findScenario(configuration: Configuration, name?: string): Scenario {
  const found =
    name === undefined
      ? configuration.scenarios[0]
      : configuration.scenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const known = configuration.scenarios.map((scenario) => scenario.name);
  throw new EngineError(
    "unknown_scenario",
    `no scenario '${name}'; choose one of ${known.join(", ")}`,
    {
      details: { field: "scenario", value: name, known },
    },
  );
}

interface Scored extends FastLogits {
  readonly arm: Arm;
  readonly version: number;
  readonly fallback?: string;
}

/** Input of a decision. */
interface Situation extends Pick<RetrievedItems, "views"> {
  readonly scenario: Scenario;
  /** Undefined of one who is served as a stranger. */
  readonly userId: UserId | undefined;
  readonly state: PolicyState;
  readonly random: RandomStream;
  readonly ads: DrawnAds | undefined;
}

async function score(
  { policies, fastLoops }: RecommendParts,
  version: number,
  situation: Situation,
): Promise<FastLogits> {
  const policy = await policies.get(version);
  const scored = await fastLoops.logits(situation.scenario, { version, policy }, situation);
  assertFinite(scored.logits);
  return scored;
}

/**
 * Logits of the arm's policy; if it can't be used, those of the baseline, and if that can't, the
 * uniform choice.
 */
async function scoreCandidates(
  parts: RecommendParts,
  { assignment, arm }: { readonly assignment: Assignment; readonly arm: Arm },
  situation: Situation,
): Promise<Scored> {
  const uniform = { version: uniformVersion, logits: new Float64Array(situation.views.length) };
  if (arm === "uniform") return { arm, ...uniform };
  const problems: string[] = [];
  for (const [candidateArm, version] of [
    [arm, assignment[arm]],
    ["baseline", assignment.baseline],
  ] as const) {
    if (version === undefined) continue;
    try {
      const scored = await score(parts, version, situation);
      const fallback = problems[0] === undefined ? {} : { fallback: problems[0] };
      return { arm: candidateArm, version, ...scored, ...fallback };
    } catch (error) {
      problems.push(`policy ${version} can't be used: ${(error as Error).message}`);
    }
  }
  return {
    arm: "baseline",
    ...uniform,
    fallback: problems[0] ?? "no policy yet",
  };
}

const scoreInSpan = (...given: Parameters<typeof scoreCandidates>): Promise<Scored> =>
  inSpan("score", () => scoreCandidates(...given));

/** Consents that nobody gives by silence. */
function refusals({ train, personalise }: Configuration["privacy"]["consent"]): Consent {
  return { ...(!train && { train }), ...(!personalise && { personalise }) };
}

function servingRuleOf(
  { baselineShare, uniformShare, privacy }: Configuration,
  { ads, excludeSeen, exploration, maxCandidates, rules, social, sources }: Scenario,
): ServingRule {
  const shares = { baselineShare, uniformShare };
  const consent = refusals(privacy.consent);
  const optional = {
    ...{ ...(ads && { ads }), ...(rules && { rules }) },
    ...{ ...(social && { social }), ...(sources && { sources }) },
  };
  const asked = Object.keys(consent).length > 0 && { consent };
  return { ...shares, excludeSeen, exploration, maxCandidates, ...optional, ...asked };
}

/** Limits of a request, with its related item and its rules if it has any. */
function offerOf({ offer, relatedTo, rules = {} }: ParsedInput): OfferLimits | undefined {
  const hasRules = Object.keys(rules).length > 0;
  if (relatedTo === undefined && !hasRules) return offer;
  return { ...offer, ...(relatedTo && { relatedTo }), ...(hasRules && { rules }) };
}

/** Limits as the decision was made: with the kind of related items that stood in, and the places that were asked for. */
function loggedOffer(
  offer: OfferLimits | undefined,
  made: {
    readonly relatedTo: RelatedTo | undefined;
    readonly size: number;
    readonly shown: number;
  },
): Pick<Decision, "offer"> {
  const { relatedTo, size, shown } = made;
  const isShort = shown < size;
  const added = { ...(relatedTo && { relatedTo }), ...(isShort && { slateSize: size }) };
  return offer === undefined && !isShort ? {} : { offer: { ...offer, ...added } };
}

/** @throws no_candidates */
function drawSlate(
  { name, candidates }: { readonly name: string; readonly candidates: readonly Candidate[] },
  drawing: Parameters<typeof sampleSlate>[0],
) {
  const { exploration } = drawing;
  const { order, positionPropensities } = sampleSlate({
    ...drawing,
    random: drawing.random.split("slate"),
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

const drawInSpan = (...given: Parameters<typeof drawSlate>) =>
  inSpan("draw", () => drawSlate(...given));

/** The campaigns of a drawn slate. */
const adsShown = (
  auction: Auction,
  made: {
    readonly retrieved: RetrievedItems;
    readonly drawn: ReturnType<typeof drawSlate>;
    readonly scored: Scored;
    readonly drawing: {
      readonly logits: Float64Array;
      readonly exploration: number;
      readonly rules: DrawRules;
    };
  },
): readonly ShownAd[] => {
  const { retrieved, drawn, scored, drawing } = made;
  const calm = scored.calm && addBoosts(scored.calm, drawing.rules);
  const shown = { ...retrieved, ...drawn, arm: scored.arm };
  return shownAds(auction, shown, { ...drawing, calm });
};

/** Candidates of connected people and further sources, if the request sends none of its own. */
async function reserve(
  { store, catalogue }: RecommendParts,
  { candidates, relatedTo }: ParsedInput,
  {
    scenario: { reward, sources },
    ...read
  }: Omit<SourceMoment, "store" | "catalogue" | "reward"> & {
    readonly scenario: Scenario;
    readonly offered: OfferedItems;
    readonly social: Social | undefined;
  },
): Promise<readonly number[]> {
  if (candidates !== undefined || relatedTo !== undefined) return [];
  const reserved = socialCandidates(read.offered, read.social, { catalogue, limit: read.limit });
  return sourceCandidates(read.offered, sources, { ...read, store, catalogue, reward, reserved });
}

/** A request's own seed is mixed with a secret, so that it chooses no lots. */
const seedOf = async (
  { random, store }: RecommendParts,
  { seed }: ParsedInput,
  visitor: Omit<Parameters<typeof mixSeed>[1], "seed">,
): Promise<number> =>
  seed === undefined
    ? random.integer(2 ** 32)
    : mixSeed(await store.secret(), { ...visitor, seed });

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
  checkAny(read.offered.count, slateSize);

  const seed = await seedOf(parts, input, visitor);
  const random = createRandom(seed);
  const size = Math.min(slateSize, read.offered.count);
  const limit = Math.max(size, scenario.maxCandidates);
  const wanted = { ...read, ...parts, scenario, size, limit };
  const { offered, relatedTo, ...related } = await relateOffered(input.relatedTo, wanted);
  const moment = { ...asked, slateSize: size, auction };
  const reserved = await reserve(parts, input, { ...read, scenario, offered, servingRule, limit });
  const lots = random.split("retrieve");
  const retrieval = { assignment, arm, offered, state, limit, reserved, moment, random: lots };
  const retrieved = await inSpan("retrieve", () => retrieveItems(parts.policies, retrieval));
  const views = viewSocial(retrieved.views, () => retrieved.facts, social);
  const drawnAds = auction && scenario.ads && adsOf(auction, scenario.ads, retrieved.facts);
  const situation = { views, scenario, userId: read.known, state, random, ads: drawnAds };
  const scored = await scoreInSpan(parts, { assignment, arm }, situation);
  const exploration = explorationOf(scored.arm, assignment, servingRule);
  const { below: barred } = scored.mark ?? {};
  const rules = drawRulesOf({ ...moment, barred }, () => retrieved.facts, read.groups.tilted);
  const logits = addBoosts(scored.logits, rules);
  const drawing = { logits, slateSize: size, exploration, rules, random };
  const drawn = await drawInSpan({ ...retrieved, name: scenario.name }, drawing);
  const ads = auction && adsShown(auction, { retrieved, drawn, scored, drawing });

  const decision: Decision = {
    decisionId: input.decisionId ?? decisionId(parts.createId()),
    userId,
    ...{ scenario: scenario.name, arm: scored.arm, policyVersion: scored.version },
    ...{ seed, asOf, context },
    ...drawn,
    ...(scored.mark && { fastLoop: scored.mark }),
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
