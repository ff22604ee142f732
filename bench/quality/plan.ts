import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import type { TransformerPlan } from "../../src/analysis/ranking/rank-with-transformer.ts";
import { presetNames } from "../../src/domain/preset.ts";
import { defaultSettings } from "../../src/learning/sequence/settings.ts";
import { feedForwards } from "../../src/policy/transformer/shape.ts";
import { repository } from "../machine.ts";

const numbers = z.record(z.string(), z.union([z.number(), z.string(), z.boolean()]));

const planSchema = z.strictObject({
  preset: z.enum(presetNames),
  length: z.int().positive(),
  shape: z
    .strictObject({
      width: z.int().positive(),
      blocks: z.int().positive(),
      heads: z.int().positive(),
      feedForward: z.enum(feedForwards),
    })
    .partial()
    .default({}),
  // Values are checked by the training; a name that it doesn't know would be ignored there.
  settings: numbers
    .refine(
      (settings) => Object.keys(settings).every((name) => name in defaultSettings),
      `must have no names but ${Object.keys(defaultSettings).join(", ")}`,
    )
    .default({}),
});

/** How the Transformer is trained on a data set: `bench/quality/<name>.json`, or the file that `--config` names. */
export function readPlan(config: string, dataName: string): TransformerPlan {
  const path =
    config === "" ? resolve(import.meta.dirname, `${dataName}.json`) : resolve(repository, config);
  const { shape, ...plan } = planSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  return { ...plan, shape } as TransformerPlan;
}
