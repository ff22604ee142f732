import { z } from "zod";
import type { WrittenScenario } from "./fast-loop-schema.ts";

const wireSchema = z.strictObject({ scenario: z.string().min(1) });

export const compatibilitySchema: z.ZodType<Compatibility, Partial<Compatibility>> = z.strictObject(
  {
    gorse: wireSchema.exactOptional(),
    personalizer: wireSchema.exactOptional(),
  },
);

/** The scenario that clients of another system get their answers from. */
export interface WireSettings {
  readonly scenario: string;
}

/** Other systems whose clients are answered too. Absent ones are not. */
export interface Compatibility {
  /** Under `/gorse/api`. */
  readonly gorse?: WireSettings;
  /** Azure Personalizer, under `/personalizer/v1.0` and `/personalizer/v1.1-preview.3`. */
  readonly personalizer?: WireSettings;
}

/** Event type of the rewards that Personalizer's clients send. */
export const rewardType = "reward";

/** Of a rank request. */
export const mostActions = 50;

/** Personalizer's events have no users, and its rewards no types. */
function findUnfit({
  reward,
  excludeSeen,
  rules,
  maxCandidates,
}: WrittenScenario): string | undefined {
  if (!Object.hasOwn(reward.weights, rewardType))
    return `its reward has no weight for '${rewardType}', the type of Personalizer's rewards; give it the weight 1`;
  if (maxCandidates < mostActions)
    return `its maxCandidates must be at least ${mostActions}, the most actions of a request`;
  if (excludeSeen || rules?.repetition)
    return "its excludeSeen must be false, and its rules can't have a repetition, since Personalizer has no users";
  if (rules?.pins)
    return "its rules can't have pins, since Personalizer's slots show one action each";
  return undefined;
}

/** A wire without its scenario would fail at its first request. */
export function checkCompatibility(
  {
    scenarios,
    compatibility = {},
  }: {
    readonly scenarios: readonly WrittenScenario[];
    readonly compatibility?: Compatibility;
  },
  context: z.RefinementCtx,
): void {
  for (const wire of ["gorse", "personalizer"] as const) {
    const name = compatibility[wire]?.scenario;
    if (name === undefined) continue;
    const scenario = scenarios.find((one) => one.name === name);
    const known = scenarios.map((one) => one.name).join(", ");
    const message =
      scenario === undefined
        ? `there is no such scenario; choose one of ${known}`
        : wire === "personalizer" && findUnfit(scenario);
    if (message)
      context.addIssue({ code: "custom", path: ["compatibility", wire, "scenario"], message });
  }
}
