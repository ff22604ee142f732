import { z } from "zod";
import type { DifferentialSettings } from "../../domain/privacy.ts";
import type { WrittenScenario } from "./fast-loop-schema.ts";

/** Fields with a default may be left out. */
export type DifferentialInput = Pick<DifferentialSettings, "epsilon"> & {
  readonly [Field in Exclude<keyof DifferentialSettings, "epsilon">]?:
    | DifferentialSettings[Field]
    | undefined;
};

export const differentialSchema: z.ZodType<DifferentialSettings, DifferentialInput> =
  z.strictObject({
    epsilon: z.number().positive().max(100),
    delta: z.number().min(1e-12).max(1e-3).default(1e-6),
    trainings: z.int().min(1).max(1000).default(4),
    clip: z.number().positive().max(1e6).default(0.5),
    samplingRate: z.number().min(1e-6).max(1).default(0.02),
  });

/** A fast loop learns from people without noise, so a written one can't be had beside private trainings, and there is none by default. */
export function checkDifferential(
  {
    scenarios,
    privacy,
  }: {
    readonly scenarios: readonly Pick<WrittenScenario, "fastLoop">[];
    readonly privacy: { readonly differential?: DifferentialSettings };
  },
  context: z.RefinementCtx,
): void {
  if (privacy.differential === undefined) return;
  for (const [index, { fastLoop }] of scenarios.entries()) {
    if (!fastLoop.enabled) continue;
    const message =
      "it learns from each event without noise; set it to false, or leave privacy.differential out";
    context.addIssue({
      code: "custom",
      path: ["scenarios", index, "fastLoop", "enabled"],
      message,
    });
  }
}
