import { servesWithLoop } from "../../../domain/fast-loop.ts";
import { guardTestsOf } from "../../../domain/guard-metric.ts";
import type { CycleOptions } from "./cycle-options.ts";
import { type Reviewed, reviewServing } from "./review.ts";
import { reviewLive } from "./review-live.ts";

/**
 * The last promotion and the canary on live rewards; unless these decide, the serving policy against
 * its canary or parent, off-policy.
 */
export async function reviewPolicies(
  options: CycleOptions,
  input: Pick<
    Parameters<typeof reviewServing>[0],
    "assignment" | "serving" | "critic" | "rows" | "load" | "family" | "spread"
  >,
): Promise<Reviewed> {
  const { store, configuration } = options;
  const { holdbackShare } = configuration;
  const hasEncoder = input.serving.encoder !== undefined;
  const hasLoop = servesWithLoop(options.scenario.fastLoop, { hasEncoder });
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
  return { ...live, ...reviewed, statuses: [...statuses, ...reviewed.statuses] };
}
