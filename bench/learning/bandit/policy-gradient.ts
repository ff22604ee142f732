import type { BilinearScores } from "../../../src/domain/bandit-world.ts";
import type { CompactRow } from "../../../src/lab/compact-loop/compact-row.ts";
import {
  addGradient,
  type BilinearFeatures,
  type Offer,
} from "../../../src/lab/linear/bilinear.ts";
import { flatten, policyLogs, unflatten } from "../../../src/lab/linear/softmax-policy.ts";

/** Cap of importance weights in training: e³ (Chen et al. 2019). */
const weightCap = Math.exp(3);
const steps = 40;
const learningRate = 0.05;

/** What is climbed. `dr`: Σ_a π·q̂ + min(w, c)·(r − q̂). `ips`: min(w, c)·r. `reinforce`: ∇ = min(w, c)·(r − r̄)·∇log π. */
export type GradientKind = "dr" | "ips" | "reinforce";

/** Ascent direction on the logits of a row. */
function slope(
  kind: GradientKind,
  row: CompactRow,
  { policy, values, baseline }: { policy: Float64Array; values: Float64Array; baseline: number },
): Float64Array {
  const weight = policy[row.action]! / row.propensity;
  const capped = Math.min(weight, weightCap);
  // A clipped weight has no slope, but for REINFORCE, which caps the weight and keeps the score.
  const follows = kind === "reinforce" || weight < weightCap;
  const advantage = row.reward - { dr: values[row.action]!, ips: 0, reinforce: baseline }[kind];
  const mean = kind === "dr" ? policy.reduce((sum, p, a) => sum + p * values[a]!, 0) : 0;
  return policy.map((p, a) => {
    const model = kind === "dr" ? p * (values[a]! - mean) : 0;
    const score = (a === row.action ? 1 : 0) - p;
    return model + (follows ? capped * advantage * score : 0);
  });
}

/** Adam (Kingma & Ba 2015) on the whole log at once, from a policy. */
export function climb(
  features: BilinearFeatures,
  start: BilinearScores,
  options: {
    readonly kind: GradientKind;
    readonly rows: readonly CompactRow[];
    readonly valuesOf: (offer: Offer) => Float64Array;
  },
): BilinearScores {
  const { kind, rows, valuesOf } = options;
  const values = rows.map((row) => (kind === "dr" ? valuesOf(row) : new Float64Array()));
  const baseline = rows.reduce((sum, { reward }) => sum + reward, 0) / rows.length;
  const parameters = flatten(start);
  const [first, second] = [
    new Float64Array(parameters.length),
    new Float64Array(parameters.length),
  ];
  for (let step = 1; step <= steps; step++) {
    const into = new Float64Array(parameters.length);
    const at = unflatten(parameters, start);
    for (const [index, row] of rows.entries()) {
      const policy = policyLogs(features, at, row).map(Math.exp);
      const gradient = slope(kind, row, { policy, values: values[index]!, baseline });
      addGradient(features, row, { gradient, into });
    }
    for (let index = 0; index < parameters.length; index++) {
      const value = into[index]! / rows.length;
      first[index] = 0.9 * first[index]! + 0.1 * value;
      second[index] = 0.999 * second[index]! + 0.001 * value * value;
      const mean = first[index]! / (1 - 0.9 ** step);
      const spread = Math.sqrt(second[index]! / (1 - 0.999 ** step));
      parameters[index]! += (learningRate * mean) / (spread + 1e-8);
    }
  }
  return unflatten(parameters, start);
}
