import { z } from "zod";
import type { GuardMetric } from "../../domain/guard-metric.ts";
import type { Scenario } from "../../domain/scenario.ts";

const margin = z.number().gt(0).lt(1);

const segments = z.strictObject({
  attribute: z.string().min(1),
  values: z
    .array(z.union([z.string(), z.number(), z.boolean()]))
    .min(1)
    .max(20)
    .refine((values) => new Set(values).size === values.length, "must be different values"),
  margin: margin.exactOptional(),
});

/** Guard metrics of a scenario. More tests each need more traffic. */
export const guardMetrics: z.ZodType<readonly GuardMetric[]> = z
  .array(
    z.strictObject({
      type: z.string().min(1),
      margin,
      harm: z.enum(["falls", "rises"]).exactOptional(),
      segments: z.array(segments).min(1).max(10).exactOptional(),
    }),
  )
  .min(1)
  .max(20);

/** Only events with a weight join their decision. */
export function refuseUnweighedGuards(
  { guards = [], reward: { weights } }: Pick<Scenario, "guards" | "reward">,
  context: z.RefinementCtx,
): void {
  for (const [index, { type }] of guards.entries()) {
    const path = ["guards", index, "type"];
    if (!Object.hasOwn(weights, type)) {
      const message = `this type has no weight, only ${Object.keys(weights).join(", ")}; give it one, 0 if it is only to be guarded`;
      context.addIssue({ code: "custom", path, message });
    } else if (guards.findIndex((one) => one.type === type) < index) {
      context.addIssue({ code: "custom", path, message: "another guard has this type" });
    }
  }
}
