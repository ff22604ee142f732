import type { Arm } from "../../domain/decision.ts";
import type { UserId } from "../../domain/ids.ts";
import { type Assignment, uniformVersion } from "../../domain/policy-snapshot.ts";
import type { Scenario } from "../../domain/scenario.ts";
import type { RandomStream } from "../../numeric/random.ts";
import type { PolicyState } from "../../policy/policy.ts";
import { inSpan } from "../telemetry/in-span.ts";
import type { DrawnAds } from "./fast-loop/draw-logits.ts";
import type { FastLogits } from "./fast-loop/serving-loop.ts";
import type { RecommendParts } from "./recommend-parts.ts";
import { assertFinite, type RetrievedItems } from "./retriever.ts";

/** Logits of the candidates, and the arm and version that they are of. */
export interface ScoredCandidates extends FastLogits {
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
): Promise<ScoredCandidates> {
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

export const scoreInSpan = (
  ...given: Parameters<typeof scoreCandidates>
): Promise<ScoredCandidates> => inSpan("score", () => scoreCandidates(...given));
