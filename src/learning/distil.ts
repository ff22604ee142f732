import type { ItemId } from "../domain/ids.ts";
import type { DistilObjective, MpoConfiguration } from "../domain/mpo-configuration.ts";
import { defaultMpo } from "../domain/mpo-fields.ts";
import type { RandomStream } from "../numeric/random.ts";
import { growNetwork, type Network, withText } from "../policy/network.ts";
import { type Batch, type BatchShape, chooseBatchShape, drawnBatches } from "./batch.ts";
import { cutTables } from "./cut-tables.ts";
import { createDistilTrainer } from "./distil-graph.ts";
import { type EpochLosses, trainEpochs, withTrainers } from "./train-epochs.ts";
import { shuffledUnits } from "./train-rows.ts";
import { type BatchRow, distinctViews, layRows, oftenShown } from "./training-rows.ts";

/** A state with the distribution that the policy must approach there. */
export interface DistilRow extends BatchRow {
  /** t over the candidates, summing to one. */
  readonly target: Float64Array;
  /** Reward of the logged action, in [0, 1]: only the likelihood term uses it. */
  readonly reward?: number;
}

export interface Distillation extends EpochLosses {
  readonly network: Network;
  readonly objective: DistilObjective;
}

type DistillationSettings = MpoConfiguration["distillation"];

/** Added to a logit, as a boost is: keeps p and log p of an item that is no candidate of the row out of every sum. */
const maskedLogit = -1e9;
/** log t of candidates that the target gives nothing to; only reverse KL looks at it. */
const smallestLog = -30;

/** Feed of the graph for a candidate's share of the target. */
const aims: Readonly<Record<DistilObjective, (share: number) => number>> = {
  "cross-entropy": (share) => share,
  "reverse-kl": (share) => Math.max(smallestLog, Math.log(Math.fround(share))),
};

function buildTargets(
  { rows, places }: Batch<DistilRow>,
  options: {
    readonly shape: BatchShape;
    readonly objective: DistilObjective;
    readonly likelihood: number;
  },
): Record<string, Float32Array> {
  const { shape, objective, likelihood } = options;
  const cells = shape.rows * shape.candidates;
  const mask = new Float32Array(cells).fill(maskedLogit);
  const aim = new Float32Array(cells);
  const liked = new Float32Array(cells);
  const rowWeights = new Float32Array(shape.rows);
  const toAim = aims[objective];
  for (let index = 0; index < rows.length; index++) {
    rowWeights[index] = 1 / rows.length;
    const { target, action, reward = 0, boosts } = rows[index]!;
    const own = places[index]!;
    const start = index * shape.candidates;
    liked[start + own[action]!] = likelihood * reward;
    for (let a = 0; a < own.length; a++) {
      mask[start + own[a]!] = boosts?.[a] ?? 0;
      aim[start + own[a]!] = toAim(target[a]!);
    }
  }
  // A padding row has no candidate: the mask is lifted so that its softmax is defined; its weight is 0.
  mask.fill(0, rows.length * shape.candidates);
  const name = objective === "cross-entropy" ? "target" : "logTarget";
  return { mask, rowWeights, [name]: aim, ...(likelihood > 0 && { liked }) };
}

const epochLimit = (rows: number, { minEpochs, maxEpochs, rowsSeen }: DistillationSettings) =>
  Math.min(maxEpochs, Math.max(minEpochs, Math.round(rowsSeen / Math.max(1, rows))));

/** Most training rows of a distillation on the given number of rows. */
export const distilRowsSeen = (rows: number, settings: DistillationSettings): number =>
  rows * epochLimit(rows, settings);

/**
 * Moves the policy to the target by gradient descent on the exact sum over candidates, never on sampled actions: with a
 * sampled and detached action the gradient of log π_θ − log π_φ has expectation zero. The learning rate falls linearly to zero,
 * so that the last batches don't decide the policy.
 */
export async function distil(options: {
  readonly network: Network;
  readonly rows: readonly DistilRow[];
  /** Items that get a row of their own; default: those that the rows show often enough. */
  readonly ownItems?: readonly ItemId[];
  readonly objective: DistilObjective;
  readonly random: RandomStream;
  readonly threads: number;
  readonly settings?: DistillationSettings;
}): Promise<Distillation> {
  const { rows, random, objective, settings = defaultMpo.distillation } = options;
  const { ownItems = oftenShown(rows) } = options;
  const { minEpochs, tolerance, learningRate, likelihood } = settings;
  const views = distinctViews(rows);
  await options.network.encoder?.encode(rows.map(({ state }) => state));
  const reading = withText(options.network, views, random.split("text"));
  const network = growNetwork(reading, ownItems, random.split("grow"));
  const cut = cutTables(network, { views, states: rows.map(({ state }) => state) });
  const laid = layRows(rows, cut);
  const shape = chooseBatchShape(laid, random.split("shape"));
  const trainer = await createDistilTrainer({
    network: cut.network,
    shape,
    objective,
    likelihood: likelihood > 0,
    threads: options.threads,
  });
  const order = random.split("order");
  const mostSeen = distilRowsSeen(rows.length, settings);
  let seen = 0;
  const step = async (batch: Batch<DistilRow>) => {
    const targets = buildTargets(batch, { shape, objective, likelihood });
    const rate = learningRate * (1 - seen / mostSeen);
    seen += batch.rows.length;
    return (await trainer.step({ ...batch.feeds, ...targets }, rate)).loss;
  };
  const isSettled = (losses: readonly number[]) => {
    const [before, last] = [losses.at(-2) ?? Number.POSITIVE_INFINITY, losses.at(-1)!];
    return losses.length > minEpochs && before - last < tolerance * Math.abs(before);
  };
  return withTrainers([trainer], async () => {
    const losses = await trainEpochs({
      epochs: epochLimit(rows.length, settings),
      batches: () => drawnBatches(laid, shuffledUnits(laid.units.length, order), shape),
      step,
      endEpoch: isSettled,
    });
    // Parameters outside this training, such as the position bias, stay as they are.
    const parameters = cut.restore(trainer.parameters());
    return { ...losses, network: { ...network, parameters }, objective };
  });
}
