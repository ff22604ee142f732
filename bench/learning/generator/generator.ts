import type { ChallengerSetting } from "../../../src/domain/improvement-record.ts";
import type { BatchRow } from "../../../src/learning/training-rows.ts";
import { referenceLogs } from "../../../src/mpo/challengers.ts";
import type { RowScores } from "../../../src/mpo/row-scores.ts";
import { normaliseLogs } from "../../../src/numeric/log-probabilities.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import { createNetwork, growNetwork, type Network } from "../../../src/policy/network.ts";
import { createScorer } from "../../../src/policy/scorer.ts";
import { encodeSetting, modulationShapes, modulationWidth } from "./generator-graph.ts";

/** A state with sampled candidates, their known logits, and the reward of the logged choice. */
export interface GeneratorRow extends BatchRow {
  readonly reward: number;
  readonly scores: RowScores;
}

/**
 * π_φ(a|s, ω) as a network: one for all settings and any candidates, while the closed form is one
 * for each row.
 */
export interface Generator {
  readonly network: Network;
  readonly modulation: Readonly<Record<string, Float32Array>>;
}

export const generatorShape = { heads: 1, width: 24, positions: 1 } as const;
/** The modulation is 0 at the start: all settings alike, and items scored by their likeness to the history. */
export function createGenerator(
  items: Iterable<Network["itemIds"][number]>,
  random: RandomStream,
): Generator {
  const network = growNetwork(createNetwork(generatorShape, random), items, random);
  const modulation = Object.fromEntries(
    Object.entries(modulationShapes(generatorShape.width)).map(
      ([name, [rows = 0, columns = 0]]) => [
        name,
        Float32Array.from({ length: rows * columns }, () =>
          name === "modulationIn" ? random.normal() / 2 : 0,
        ),
      ],
    ),
  );
  return { network, modulation };
}

/** The network that the generator is under one ω: modulation of h folds into the weights that h is made of. */
export function conditionGenerator(
  { network, modulation }: Generator,
  setting: ChallengerSetting,
): Network {
  const { width } = network.shape;
  const omega = encodeSetting(setting);
  const hidden = Float64Array.from({ length: modulationWidth }, (_, unit) => {
    const inner = omega.reduce(
      (total, value, i) => total + value * modulation.modulationIn![i * modulationWidth + unit]!,
      modulation.modulationBias![unit]!,
    );
    return Math.tanh(inner);
  });
  const columns = 2 * width + 1;
  const out = Float64Array.from({ length: columns }, (_, column) =>
    hidden.reduce(
      (total, value, unit) => total + value * modulation.modulationOut![unit * columns + column]!,
      0,
    ),
  );
  const factor = Math.exp(out[2 * width]!);
  const scaled = (values: Float32Array) => values.map((value) => factor * value);
  const modulated = (values: Float32Array) =>
    values.map((value, cell) => factor * (1 + out[cell % width]!) * value);
  const { stateWeights, contextTable, stateBias, itemWeights, itemBias } = network.parameters;
  const parameters = {
    ...network.parameters,
    stateWeights: modulated(stateWeights!),
    contextTable: modulated(contextTable!),
    stateBias: modulated(stateBias!).map((value, i) => value + factor * out[width + i]!),
    itemWeights: scaled(itemWeights!),
    itemBias: scaled(itemBias!),
  };
  return { ...network, parameters };
}

/** log π_φ(a|s, ω) of each row's candidates, as many as there may be. */
export async function generatorLogs(
  generator: Generator,
  rows: readonly Pick<GeneratorRow, "state" | "candidates" | "scores">[],
  { setting, threads }: { readonly setting: ChallengerSetting; readonly threads: number },
): Promise<Float64Array[]> {
  const network = conditionGenerator(generator, setting);
  const scorer = await createScorer(network, { batchStates: 64, threads });
  const scores = await scorer.score(rows);
  await scorer.close();
  return scores.map(([tilts], index) => {
    const reference = referenceLogs(rows[index]!.scores.logPolicy, setting.proximity);
    return normaliseLogs(reference.map((value, a) => value + tilts![a]!));
  });
}
