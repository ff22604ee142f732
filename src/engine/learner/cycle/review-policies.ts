import type { Cycle } from "../../../domain/cycle.ts";
import type { ServingEvaluation } from "../../../domain/cycle-record.ts";
import { beatenFirst } from "../../../domain/ending.ts";
import { servesWithLoop } from "../../../domain/fast-loop.ts";
import { guardTestsOf } from "../../../domain/guard-metric.ts";
import { normaliseReward } from "../../../domain/reward-rule.ts";
import { findFall, isForgotten } from "../../../evaluation/collapse.ts";
import type { FeedbackRow } from "../../../learning/feedback-row.ts";
import type { NetworkFamily } from "../../../learning/network-family.ts";
import { scoreRows } from "../../../mpo/family.ts";
import { rewardSeparation } from "../../../mpo/reward-separation.ts";
import { formatShare, formatSignificant } from "../../../numeric/format.ts";
import { createRandom } from "../../../numeric/random.ts";
import { measurePopularity } from "../../../policy/measure-popularity.ts";
import type { Network } from "../../../policy/network.ts";
import { groundOf, isUniform, isUntrained } from "../../../policy/network-ground.ts";
import { popularityNetwork } from "../../../policy/popularity-network.ts";
import { cutOffOf } from "./cut-off.ts";
import type { CycleOptions } from "./cycle-options.ts";
import type { CycleFeedback } from "./read-feedback.ts";
import { judgeReturn, type Reviewed, reviewServing } from "./review.ts";
import { reviewLive } from "./review-live.ts";

interface PopularityRival {
  readonly serving: Network;
  /** As the last cycle left it. */
  readonly critic: Network | undefined;
  /** New feedback, with log π of other policies. */
  readonly rows: readonly FeedbackRow[];
  readonly family: NetworkFamily;
  readonly itemRewards: CycleFeedback["itemRewards"];
  readonly behaviour: CycleFeedback["behaviour"];
}

/**
 * A trained policy keeps its place only while popularity is no better: the popularity of before the new feedback is its rival on the log, without
 * a fast loop. Ads and posts are left out, as they are for `checkRenewedStart`.
 * @returns a sentence if popularity is as clearly better as a parent that comes back
 */
export async function reviewPopularity(
  { scenario, seed, configuration }: Pick<CycleOptions, "scenario" | "seed" | "configuration">,
  { assignment, beaten }: Pick<Reviewed, "assignment" | "beaten">,
  { serving, critic, rows: all, family, itemRewards, behaviour }: PopularityRival,
): Promise<string | undefined> {
  const { canary, mode } = assignment;
  const isDecided = beaten !== undefined || canary !== undefined || mode === "pinned";
  if (isDecided || critic === undefined || isUntrained(serving)) return beaten;
  if (scenario.ads || scenario.social) return undefined;
  const rival = popularityNetwork(measurePopularity(itemRewards("first", "second"), behaviour), {
    slateSize: scenario.slateSize,
    maxCandidates: scenario.maxCandidates,
    items: behaviour.items,
    random: createRandom(seed).split(`${scenario.name}/rival`),
  });
  const { mpo } = configuration.learner;
  const cutOff = cutOffOf(serving, critic);
  const rows = all.filter(({ sequence }) => sequence > cutOff);
  const { scoreServed: _, ...asTheyAre } = family;
  const { gate, isBetter } = await judgeReturn(asTheyAre, { serving, rival, critic, rows, mpo });
  if (!isBetter) return undefined;
  const gain = formatShare(gate.relativeLift ?? 0);
  return `Popularity would earn ${gain} more than policy ${assignment.serving} by the log.`;
}

interface PoliciesInput
  extends Pick<
      Parameters<typeof reviewServing>[0],
      "assignment" | "serving" | "critic" | "rows" | "load" | "family" | "spread"
    >,
    Pick<CycleFeedback, "itemRewards" | "behaviour"> {
  /** Of the new feedback. */
  readonly evaluation: ServingEvaluation | undefined;
  /** Earlier cycles, newest first. */
  readonly recent: readonly Cycle[];
  /** Event number of the loop's last start. */
  readonly start: number;
}

/**
 * Whether a change of tastes has made a policy worthless: it earns less than half of a recent cycle, and the critic of before tells no
 * rewards apart, as that cycle's did. Less traffic, lost events and another reward rule leave the second as it was. Ads and posts are
 * left out, whose supply changes.
 * @returns a sentence if it has
 */
async function findCollapse(
  { ads, social, reward }: CycleOptions["scenario"],
  { evaluation, recent, start, serving, critic, rows, family }: PoliciesInput,
): Promise<string | undefined> {
  if (ads || social || isUniform(serving)) return undefined;
  if (evaluation === undefined || critic === undefined) return undefined;
  const since = recent.filter(({ throughSequence }) => throughSequence > start);
  const earlier = since.flatMap(({ cycle, record: { evaluation: earned, calibration } }) => {
    const told = calibration?.separation;
    return earned && told ? [{ cycle, evaluation: earned, told }] : [];
  });
  const fall = findFall(evaluation, earlier, reward.defaultReward);
  if (fall === undefined) return undefined;
  const served = rows.filter(({ arm, isViewed }) => arm === "serving" && isViewed !== false);
  const logs = served.map(({ candidates }) => new Float64Array(candidates.length));
  const scored = await scoreRows(family, critic, { rows: served, logs });
  const told = rewardSeparation(scored, normaliseReward(undefined, reward));
  if (told === undefined || !isForgotten(told, fall.told)) return undefined;
  const now = formatSignificant(evaluation.meanReward);
  const before = formatSignificant(fall.evaluation.meanReward);
  return (
    `Tastes have changed: the serving policy earns ${now} a row, ${before} in cycle ${fall.cycle}. A rewarded choice has ` +
    `the higher prediction with probability ${formatSignificant(told.auc)}, ${formatSignificant(fall.told.auc)} then.`
  );
}

/** The policies after live rewards, rivals and a change of tastes. */
export async function reviewPolicies(
  options: CycleOptions,
  input: PoliciesInput,
): Promise<Reviewed> {
  const reviewed = await reviewRivals(options, input);
  const collapsed = await findCollapse(options.scenario, input);
  return { ...reviewed, ...(collapsed !== undefined && { collapsed }) };
}

/**
 * The last promotion and the canary on live rewards; unless these decide, the serving policy against
 * its canary or parent, off-policy.
 */
async function reviewRivals(options: CycleOptions, input: PoliciesInput): Promise<Reviewed> {
  const { store, configuration } = options;
  const { holdbackShare } = configuration;
  // A candidate is trained, on the encoder of the serving policy.
  const candidate = { ...groundOf(input.serving), isPopularity: false };
  const hasLoop = servesWithLoop(options.scenario.fastLoop, candidate);
  const scene = { ...options, now: options.clock(), hasLoop };
  const live = await reviewLive({ ...scene, spread: input.spread }, input.assignment);
  const { assignment, statuses, promotion, canary } = live;
  if (promotion?.action === "roll-back" || (canary && canary.action !== "keep")) return live;
  const { serving = 0 } = assignment;
  const found = (version: number) =>
    statuses.find((status) => status.version === version)?.evidence;
  const reviewed = await reviewServing({
    ...input,
    ...live,
    holdbackShare,
    now: scene.now,
    parent: (await store.policies.find(serving))?.parent,
    evidence: async (version) =>
      found(version) ?? (await store.policies.find(version))?.evidence ?? {},
    mpo: configuration.learner.mpo,
    guards: guardTestsOf(options.scenario.guards),
  });
  const all = { ...live, ...reviewed, statuses: [...statuses, ...reviewed.statuses] };
  if (all.assignment.serving !== assignment.serving) return all;
  const beaten = await reviewPopularity(options, all, input);
  return { ...all, ...(beaten !== undefined && { beaten, noCanary: beatenFirst }) };
}
