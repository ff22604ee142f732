import { beatenFirst } from "../../../domain/ending.ts";
import type {
  AnchorReview,
  PolicyEvidence,
  PromotionReview,
} from "../../../domain/policy-evidence.ts";
import type { Assignment } from "../../../domain/policy-snapshot.ts";
import type { Configuration } from "../../configuration/configuration.ts";
import { compareLive, type LiveScene, tellDifference } from "../../live/compare-live.ts";
import type { Reviewed } from "./review.ts";
import { reviewPromotion } from "./review-promotion.ts";
import { reviewTrial } from "./review-trial.ts";

/** The comparison is about the newest traffic: what the loop has gained until now, not on average since the anchor began. */
const comparedMs = 28 * 86_400_000;

/**
 * The serving arm against the anchor, on live rewards: what all promotions since have gained
 * together. Nothing depends on it.
 * @returns undefined without an anchor, or while it is the serving policy
 */
async function reviewAnchor(
  scene: LiveScene,
  { serving, anchor: version, anchorSince = 0 }: Assignment,
): Promise<AnchorReview | undefined> {
  if (version === undefined || version === serving) return undefined;
  const since = Math.max(anchorSince, scene.now - comparedMs);
  const arms = {
    tested: { arm: "serving" },
    reference: { arm: "anchor", policyVersion: version },
  } as const;
  const { tested, reference, found } = await compareLive(scene, arms, { since });
  return { version, since, serving: tested, anchor: reference, ...found };
}

/** A policy may earn this much less than the baseline, as a share of it: exploration and proof cost about as much. */
const toleratedLoss = 0.1;

/** The newest parts of a policy's time: earnings of before a change of tastes must not hide a loss since. */
const newestParts = [
  [1, ""],
  [1 / 2, " in the newest half of its time"],
  [1 / 4, " in the newest quarter of its time"],
  [1 / 8, " in the newest eighth of its time"],
] as const;

/** Whether the baseline's users earn more than those of the serving policy, of all its time or lately; the baseline is always the newest. */
async function findBeaten(
  scene: LiveScene,
  { serving: version }: Assignment,
): Promise<string | undefined> {
  const serving = version === undefined ? undefined : await scene.store.policies.find(version);
  if (serving === undefined || version === undefined) return undefined;
  const arms = {
    tested: { arm: "serving", policyVersion: version },
    reference: { arm: "baseline" },
  } as const;
  const served = scene.now - (serving.evidence.promotion?.promotedAt ?? serving.createdAt);
  for (const [part, when] of newestParts) {
    const since = Math.round(scene.now - part * served);
    const { tested, reference, found } = await compareLive(scene, arms, { since });
    // If this is too little to tell, so is a part of it.
    if (found.relativeInterval === undefined) return undefined;
    const [, most] = found.relativeInterval;
    const told = tellDifference(found, scene.scenario);
    if (most < -toleratedLoss)
      return `Policy ${version} live${when}: ${told}, ${tested.users} users against ${reference.users} of the baseline.`;
  }
  return undefined;
}

/** End of a promotion, if live rewards gave it one: it was proven as a canary, or after it took over. */
function liveEnd({ realised, tried }: PolicyEvidence): "lost" | "proven" | undefined {
  if (realised?.action === "roll-back") return "lost";
  return realised?.action === "confirm" || tried?.action === "promote" ? "proven" : undefined;
}

/** A cycle adds two: an end that is 500 cycles old closes no road any more, and the record grows without end. */
const rememberedPolicies = 1000;

/** The newest promotion that live rewards ended, if they rolled it back. */
async function findLost(
  { store, scenario: { name } }: LiveScene,
  now: PromotionReview | undefined,
): Promise<number | undefined> {
  const known = await store.policies.list({ scenario: name, limit: rememberedPolicies });
  const promoted = known.flatMap(({ version, evidence }) => {
    const realised = version === now?.version ? now : evidence.realised;
    const { promotion, tried } = evidence;
    const end = liveEnd({ ...(realised && { realised }), ...(tried && { tried }) });
    return promotion && end ? [{ version, end, at: promotion.promotedAt }] : [];
  });
  const [newest] = promoted.sort((left, right) => right.at - left.at);
  return newest?.end === "lost" ? newest.version : undefined;
}

/** A replay on the log shows what the loop learns from another policy's choices. */
const onlyLiveLoop = "the fast loop is on, and would learn from other choices than the log's";

/**
 * Reason why the gate's evidence alone may not promote; undefined if it may. Without users for
 * canaries there is no live evidence to be had, so it always may. A canary with a new encoder would
 * leave with the policy that it is compared with.
 * @param found the cycle's own look at the last promotion, which the record does not have yet, and the present assignment
 */
async function closesDirectRoad(
  scene: LiveScene & {
    readonly configuration: Pick<Configuration, "canaryShare">;
    readonly hasLoop: boolean;
  },
  { promotion, assignment: { canary } }: Pick<Reviewed, "promotion" | "assignment">,
): Promise<string | undefined> {
  if (scene.configuration.canaryShare === 0) return undefined;
  const tried = canary === undefined ? undefined : await scene.store.policies.find(canary);
  if (tried?.evidence.newEncoder) return `canary ${canary} tries a new encoder`;
  if (scene.hasLoop) return onlyLiveLoop;
  const lost = await findLost(scene, promotion);
  if (lost === undefined) return undefined;
  return `policy ${lost} was rolled back on live rewards, and no promotion has been confirmed since`;
}

/**
 * All that live rewards decide: whether the last promotion stands and what becomes of the canary, which leaves with
 * a promotion that is rolled back. Then whether the gate alone may promote.
 * @param scene.spread τ of `spreadOfLifts`
 */
export async function reviewLive(
  given: LiveScene & {
    readonly configuration: Configuration;
    readonly spread: number;
    /** The serving policy, and so a candidate made of it, serves with a fast loop. */
    readonly hasLoop: boolean;
  },
  assignment: Assignment,
): Promise<Reviewed> {
  const scene = { ...given, reads: new Map() };
  const { holdbackShare } = scene.configuration;
  const first = await reviewPromotion({ ...scene, assignment });
  const then = await reviewTrial({ ...scene, holdbackShare, assignment: first.assignment });
  const anchor = await reviewAnchor(scene, assignment);
  const onlyLive = await closesDirectRoad(scene, { ...first, ...then });
  const beaten = await findBeaten(scene, then.assignment);
  return {
    ...first,
    ...then,
    statuses: [...first.statuses, ...then.statuses],
    ...(anchor && { anchor }),
    ...(onlyLive !== undefined && { onlyLive }),
    ...(beaten !== undefined && { beaten, noCanary: beatenFirst }),
  };
}
