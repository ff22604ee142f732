import { z } from "zod";
import { activityMeasures } from "../../domain/activity-measure.ts";
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
      type: z.string().min(1).exactOptional(),
      measure: z.enum(activityMeasures).exactOptional(),
      margin,
      harm: z.enum(["falls", "rises"]).exactOptional(),
      segments: z.array(segments).min(1).max(10).exactOptional(),
    }),
  )
  .min(1)
  .max(20);

/** Only events with a weight join their decision. */
export function refuseUnfitGuards(
  { guards = [], reward: { weights } }: Pick<Scenario, "guards" | "reward">,
  context: z.RefinementCtx,
): void {
  const refuse = (path: readonly (string | number)[], message: string) =>
    context.addIssue({ code: "custom", path: ["guards", ...path], message });
  for (const [index, { type, measure }] of guards.entries()) {
    const isRepeated =
      guards.findIndex((one) => (one.type ?? one.measure) === (type ?? measure)) < index;
    if ((type === undefined) === (measure === undefined)) {
      refuse(
        [index],
        "must have either a type of events or a measure of activity; write one of them",
      );
    } else if (type !== undefined && !Object.hasOwn(weights, type)) {
      const known = Object.keys(weights).join(", ");
      refuse(
        [index, "type"],
        `this type has no weight, only ${known}; give it one, 0 if it is only to be guarded`,
      );
    } else if (isRepeated) {
      refuse(
        [index, type === undefined ? "measure" : "type"],
        `another guard has this ${type === undefined ? "measure" : "type"}`,
      );
    }
  }
}
