import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "../../src/numeric/random.ts";
import {
  createTransformer,
  transformerParameters,
} from "../../src/policy/transformer/parameters.ts";
import { presetShape, type TransformerShape } from "../../src/policy/transformer/shape.ts";
import { network, type TrainContest } from "./contests.ts";

export const networkOf = ({ length }: TrainContest): TransformerShape =>
  presetShape(network.preset, { items: network.items, length });

const fileOf = (folder: string, name: string) => join(folder, name.replace("/", "."));

/** Starting parameters, one batch and its negatives as files, so that both sides compute on the same numbers. */
export function writeArrays(folder: string, contest: TrainContest): void {
  const shape = networkOf(contest);
  const random = createRandom(1);
  const { parameters } = createTransformer(shape, random.split("start"));
  const draw = (count: number) =>
    Int32Array.from({ length: count }, () => random.integer(shape.items));
  const cells = contest.rows * contest.length;
  const arrays = {
    ...parameters,
    items: draw(cells),
    targets: draw(cells),
    negatives: draw(contest.negatives ?? 0),
  };
  for (const [name, array] of Object.entries(arrays)) writeFileSync(fileOf(folder, name), array);
  const shapes = Object.entries(transformerParameters(shape)).map(([name, spec]) => [
    name,
    spec.shape,
  ]);
  writeFileSync(join(folder, "shapes.json"), JSON.stringify(Object.fromEntries(shapes)));
}

/** @param name of a parameter, or `items`, `targets`, `negatives` */
export const readBytes = (folder: string, name: string): ArrayBuffer =>
  Uint8Array.from(readFileSync(fileOf(folder, name))).buffer;
