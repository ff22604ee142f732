import type { MpoConfiguration } from "../domain/mpo-configuration.ts";
import { defaultMpo } from "../domain/mpo-fields.ts";
import type { WatchedSeparation } from "../mpo/discriminator-slope.ts";
import { halfLivesOf } from "../mpo/meta-settings.ts";
import { bootstraps } from "../mpo/row-scores.ts";
import type { RandomStream } from "../numeric/random.ts";
import {
  growNetwork,
  type Network,
  type Parameters,
  resetHeads,
  withText,
} from "../policy/network.ts";
import type { ItemView } from "../policy/policy.ts";
import { chooseBatchShape, drawnBatches } from "./batch.ts";
import { boundFeeds, buildTargets, drawHeadWeights } from "./critic-feeds.ts";
import { createCriticTrainer } from "./critic-graph.ts";
import { type CriticRow, criticShape, rewardHeadCount } from "./critic-shape.ts";
import { cutTables } from "./cut-tables.ts";
import { createDiscriminatorWatch } from "./discriminator-watch.ts";
import { type Examination, estimateExamination } from "./examination.ts";
import { foldIntercept, startingIntercept } from "./intercept.ts";
import { type EpochLosses, trainEpochs, withTrainers } from "./train-epochs.ts";
import { drawUnits, epochUnits, type RecentUnits } from "./train-rows.ts";
import { distinctViews, layRows, oftenShown, type TrainingRows } from "./training-rows.ts";

type CriticSettings = MpoConfiguration["critic"];

export interface CriticTraining extends Omit<EpochLosses, "epochs"> {
  readonly network: Network;
  /** Of the positions of the rows. */
  readonly examination: Examination;
  /** Of the trained D, on rows held out from it. */
  readonly separation: WatchedSeparation;
}

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

/** Without units of the new feedback, all count as recent. */
function epochDrawing({ units }: TrainingRows<CriticRow>, rowsPerUnit: number): RecentUnits {
  const count = units.length;
  const recent = units.filter(({ rows: [row] }) => row!.age < 1).length || count;
  return { count, recent, most: Math.floor(mostEpochRows / rowsPerUnit) };
}

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
  views: readonly ItemView[],
): Network {
  const reading = withText(network, views, random.split("text"));
  const grown = growNetwork(reading, oftenShown(rows), random.split("grow"));
  return resetHeads(grown, forgetfulHeads, random.split("reset"));
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
  const laid = layRows(rows, cut);
  const shape = chooseBatchShape(laid, random.split("shape"));
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
  const rowsPerUnit = Math.max(1, rows.length / Math.max(1, laid.units.length));
  const drawing = epochDrawing(laid, rowsPerUnit);
  const watch = createDiscriminatorWatch(rewardHeadCount);
  // The position bias isn't trained; it is set at the end.
  const asNetwork = () => {
    const { intercept: _, ...trained } = trainer.parameters();
    return { ...cut.network, parameters: { ...cut.network.parameters, ...trained } };
  };
  const fed = { defaultReward, headWeights, examination, shape };
  return withTrainers([trainer], async () => {
    const { firstLoss, lastLoss, steps } = await trainEpochs({
      epochs: epochsFor(epochUnits(drawing) * rowsPerUnit, settings),
      batches: () => drawnBatches(laid, drawUnits(drawing, order), shape),
      step: async (batch) => {
        const targets = { ...buildTargets(batch, fed), ...boundFeeds(batch, fed) };
        const feeds = { ...batch.feeds, ...targets };
        const { loss, outputs } = await trainer.step(feeds, settings.learningRate);
        watch.observe(batch, outputs.choices!, shape.candidates);
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
    };
  });
}
