import type { SeenShares } from "../domain/improvement-record.ts";
import type { MpoConfiguration } from "../domain/mpo-configuration.ts";
import { defaultMpo } from "../domain/mpo-fields.ts";
import type { WatchedSeparation } from "../mpo/discriminator-slope.ts";
import { halfLivesOf, memoryHalfLives } from "../mpo/meta-settings.ts";
import { bootstraps } from "../mpo/row-scores.ts";
import { isHeldOut } from "../mpo/separation.ts";
import type { RandomStream } from "../numeric/random.ts";
import {
  createNetwork,
  growNetwork,
  type Network,
  type NetworkShape,
  type Parameters,
  resetHeads,
  withText,
} from "../policy/network.ts";
import type { ItemView } from "../policy/policy.ts";
import type { BatchShape, TableRows } from "./batch.ts";
import { buildBatch, chooseBatchShape, distinctViews } from "./batch.ts";
import { bootstrapPair } from "./bootstrap-pair.ts";
import { createCriticTrainer } from "./critic-graph.ts";
import { cutTables } from "./cut-tables.ts";
import { createDiscriminatorWatch } from "./discriminator-watch.ts";
import { type Examination, estimateExamination } from "./examination.ts";
import type { FeedbackRow } from "./feedback-row.ts";
import { foldIntercept, startingIntercept } from "./intercept.ts";
import { createSeenCounter, type SeenCounter } from "./seen-shares.ts";
import { type EpochLosses, trainEpochs, withTrainers } from "./train-epochs.ts";
import { type DrawnRow, epochRows, type RecentRows, recentBatches } from "./train-rows.ts";

/**
 * The reward-model heads and the discriminator: one network, a head for each memory length and
 * bootstrap, and a last one for D. Every head is a logistic regression on (h, e): cross-entropy of
 * the reward in [0, 1], which fits means of bounded numeric rewards as well (a quasi-likelihood,
 * Papke & Wooldridge 1996). A reward head is about an examined item: Q at position k is
 * b + θ_k·(σ(f) − b), b the default reward: the position-based model.
 */
export const rewardHeadCount: number = memoryHalfLives.length * bootstraps;
export const criticShape: NetworkShape = {
  heads: rewardHeadCount + 1,
  width: 24,
  positions: 10,
};

export const createCritic = (random: RandomStream): Network => createNetwork(criticShape, random);

export interface CriticRow extends FeedbackRow {
  /** π_θ over the candidates: compared by the discriminator with the satisfied choices. */
  readonly policy: Float64Array;
}

type CriticSettings = MpoConfiguration["critic"];

export interface CriticTraining extends Omit<EpochLosses, "epochs">, SeenShares {
  readonly network: Network;
  /** Of the positions of the rows. */
  readonly examination: Examination;
  /** Of the trained D, on rows held out from it. */
  readonly separation: WatchedSeparation;
}

/** A shift of a logit that stands for log 0. */
const negligible = -30;
/** Rows of an epoch: of more, recent and older ones are drawn. */
const mostEpochRows = 50_000;

type Epochs = Pick<CriticSettings, "minEpochs" | "maxEpochs" | "rowsSeen">;

/** Enough for a few passes over little feedback, one over much. */
const epochsFor = (rows: number, { minEpochs, maxEpochs, rowsSeen }: Epochs): number =>
  Math.min(maxEpochs, Math.max(minEpochs, Math.round(rowsSeen / Math.max(1, rows))));

/** Training rows of a fit to the given number of rows. */
export function criticRowsSeen(rows: number, settings: Epochs): number {
  const epoch = Math.min(rows, mostEpochRows);
  return epoch * epochsFor(epoch, settings);
}

/** Weight of each row in each reward head: 2^(−age/half-life) · bootstrap count. */
function drawHeadWeights(
  rows: readonly CriticRow[],
  halfLives: readonly number[],
  random: RandomStream,
): readonly Float32Array[] {
  return rows.map((row) => {
    const weights = new Float32Array(rewardHeadCount);
    for (const [memory, halfLife] of halfLives.entries()) {
      const recency = 2 ** (-row.age / halfLife);
      for (const [b, count] of bootstrapPair(random).entries())
        weights[memory * bootstraps + b] = recency * count;
    }
    return weights;
  });
}

interface TargetOptions {
  readonly rows: readonly CriticRow[];
  readonly headWeights: readonly Float32Array[];
  readonly columns: readonly Int32Array[];
  readonly shape: BatchShape;
}

/**
 * Weights w⁺, w⁻ of softplus(−x) and softplus(x). A reward head: w·r and w·(1 − r) at the logged action. The discriminator:
 * r at the logged action against r·π_θ over the candidates, so that both classes weigh the same; 0 for rows held out from it.
 */
function buildTargets({ rows, headWeights, columns, shape }: TargetOptions) {
  const shown = new Int32Array(shape.rows);
  const rewardPositive = new Float32Array(rewardHeadCount * shape.rows);
  const rewardNegative = new Float32Array(rewardHeadCount * shape.rows);
  const choicePositive = new Float32Array(shape.rows * shape.items);
  const choiceNegative = new Float32Array(shape.rows * shape.items);
  for (const [index, row] of rows.entries()) {
    const start = index * shape.items;
    const column = columns[index]![row.action]!;
    shown[index] = column;
    for (const [head, weight] of headWeights[index]!.entries()) {
      rewardPositive[head * shape.rows + index] = weight * row.reward;
      rewardNegative[head * shape.rows + index] = weight * (1 - row.reward);
    }
    if (row.reward === 0 || isHeldOut(row)) continue;
    choicePositive[start + column] = row.reward;
    for (const [candidate, column] of columns[index]!.entries()) {
      if (column >= 0) choiceNegative[start + column]! += row.reward * row.policy[candidate]!;
    }
  }
  return { shown, rewardPositive, rewardNegative, choicePositive, choiceNegative };
}

const logRatio = (part: number, whole: number) =>
  Math.max(negligible, Math.log(part) - Math.log(whole));

/**
 * Bounds of the predictable reward of each row [B], from (1 − θ_k)·b to that plus θ_k, as
 * `weightedCrossEntropy` takes them.
 */
function boundFeeds(
  rows: readonly CriticRow[],
  { examination: { values }, defaultReward, shape }: FedRows,
) {
  const lower = new Float32Array(shape.rows).fill(negligible);
  const upper = new Float32Array(shape.rows).fill(negligible);
  for (const [index, row] of rows.entries()) {
    const seen = row.isViewed ? 1 : values[Math.min(row.position, values.length - 1)]!;
    const least = (1 - seen) * defaultReward;
    const unreached = (1 - seen) * (1 - defaultReward);
    lower[index] = logRatio(least, least + seen);
    upper[index] = logRatio(unreached, unreached + seen);
  }
  return { lower, upper };
}

/** Without rows of the new feedback, all rows count as recent. */
const epochDrawing = (rows: readonly CriticRow[]): RecentRows => ({
  count: rows.length,
  recent: rows.filter((row) => row.age < 1).length || rows.length,
  most: mostEpochRows,
});

/** log θ_k as the position bias of every reward head: scoring reads it there. */
function examinationBias({ values }: Examination): Float32Array {
  const { heads, positions } = criticShape;
  return Float32Array.from({ length: heads * positions }, (_, cell) =>
    cell < rewardHeadCount * positions ? Math.log(values[cell % positions]!) : 0,
  );
}

/** Intercept and examination as the biases that scoring reads. */
const foldBiases = (
  parameters: Parameters,
  intercept: Float32Array,
  examination: Examination,
): Parameters => ({
  ...parameters,
  itemBias: foldIntercept(parameters.itemBias!, intercept, criticShape.heads),
  positionBias: examinationBias(examination),
});

/**
 * Heads of the shortest memory start afresh each cycle, so that after a change they are independent
 * of the time before.
 */
const forgetfulHeads: readonly number[] = [...Array(bootstraps).keys()];

/** Where training starts: with the rows' texts and items, and the forgetful heads as new. */
function startingNetwork(
  { network, rows, random }: CriticOptions,
  views: ReadonlySet<ItemView>,
): Network {
  const items = rows.map((row) => row.candidates[row.action]!.itemId);
  const reading = withText(network, views, random.split("text"));
  const grown = growNetwork(reading, items, random.split("grow"));
  return resetHeads(grown, forgetfulHeads, random.split("reset"));
}

interface FedRows {
  readonly rows: readonly CriticRow[];
  readonly defaultReward: number;
  readonly headWeights: readonly Float32Array[];
  readonly examination: Examination;
  readonly shape: BatchShape;
  readonly tables: TableRows;
  readonly seen: SeenCounter;
}

/** Feeds of a training step on the drawn rows, and the columns of their candidates. */
function feedRows(fed: FedRows, drawn: readonly DrawnRow[]) {
  const { rows, headWeights, shape, tables, seen } = fed;
  const chosen = drawn.map(({ index }) => rows[index]!);
  const weights = drawn.map(({ index, weight }) =>
    headWeights[index]!.map((value) => value * weight),
  );
  const { feeds, columns, items } = buildBatch({ rows: chosen, shape, tables });
  seen.add(chosen, items);
  const targets = buildTargets({ rows: chosen, headWeights: weights, columns, shape });
  const bounds = boundFeeds(chosen, fed);
  return { chosen, columns, feeds: { ...feeds, ...targets, ...bounds } };
}

export interface CriticOptions {
  readonly network: Network;
  /** Newest first, the positions of a decision one after the other. */
  readonly rows: readonly CriticRow[];
  /** Reward of a position without an event, in [0, 1] as the rows' rewards are. */
  readonly defaultReward: number;
  readonly random: RandomStream;
  readonly threads: number;
  readonly settings?: CriticSettings;
  /** Off: every position counts as looked at. Default on. */
  readonly hasExamination?: boolean;
}

/** Of all rows: an item that nobody viewed tells nothing of its worth, but of its position. */
const examine = ({ rows, defaultReward, hasExamination = true }: CriticOptions): Examination =>
  estimateExamination(hasExamination ? rows : [], {
    positions: criticShape.positions,
    defaultReward,
  });

/**
 * Fits the heads to the training rows, starting from the last cycle's heads. Same rows, same
 * stream: same network.
 */
export async function trainCritic(options: CriticOptions): Promise<CriticTraining> {
  const { random, defaultReward, settings = defaultMpo.critic } = options;
  const rows = options.rows.filter(({ isViewed }) => isViewed !== false);
  const views = distinctViews(rows);
  await options.network.encoder?.encode(rows.map(({ state }) => state));
  const network = startingNetwork({ ...options, rows }, views);
  const cut = cutTables(network, { views, states: rows.map(({ state }) => state) });
  const shape = chooseBatchShape(views.size, cut.slots);
  const examination = examine(options);
  const headWeights = drawHeadWeights(rows, halfLivesOf(settings), random.split("bootstrap"));
  const isFirst = options.network.itemIds.length === 1;
  const intercept = startingIntercept(rows, headWeights, {
    heads: rewardHeadCount,
    fresh: isFirst ? [...Array(rewardHeadCount).keys()] : forgetfulHeads,
  });
  const trainer = await createCriticTrainer(cut.network, shape, {
    intercept,
    threads: options.threads,
  });
  const order = random.split("order");
  const drawing = { ...epochDrawing(rows), batchRows: shape.rows };
  const watch = createDiscriminatorWatch(rewardHeadCount);
  // The position bias isn't trained; it is set at the end.
  const asNetwork = () => {
    const { intercept: _, ...trained } = trainer.parameters();
    return { ...cut.network, parameters: { ...cut.network.parameters, ...trained } };
  };
  const seen = createSeenCounter();
  const fed = { rows, defaultReward, headWeights, examination, shape, tables: cut.tables, seen };
  return withTrainers([trainer], async () => {
    const { firstLoss, lastLoss, steps } = await trainEpochs({
      epochs: epochsFor(epochRows(drawing), settings),
      batches: () => recentBatches(drawing, order),
      step: async (drawn) => {
        const { chosen, columns, feeds } = feedRows(fed, drawn);
        const { loss, outputs } = await trainer.step(feeds, settings.learningRate);
        watch.observe(chosen, columns, outputs.choices!);
        return loss;
      },
      endEpoch: () => {
        watch.endEpoch(asNetwork());
        return false;
      },
    });
    const settled = watch.settle(asNetwork());
    const restored = cut.restore(settled.network.parameters);
    const { intercept: trained } = trainer.parameters();
    return {
      network: { ...network, parameters: foldBiases(restored, trained!, examination) },
      examination,
      separation: settled.separation,
      firstLoss,
      lastLoss,
      steps,
      ...seen.shares(),
    };
  });
}
