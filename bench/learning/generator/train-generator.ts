import type { ChallengerSetting } from "../../../src/domain/improvement-record.ts";
import {
  type BatchShape,
  buildBatch,
  chooseBatchShape,
  distinctViews,
} from "../../../src/learning/batch.ts";
import { cutTables } from "../../../src/learning/cut-tables.ts";
import { trainEpochs, withTrainers } from "../../../src/learning/train-epochs.ts";
import { shuffledBatches } from "../../../src/learning/train-rows.ts";
import { advantages, referenceLogs, tilt } from "../../../src/mpo/challengers.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import { createNetwork, growNetwork, type Network } from "../../../src/policy/network.ts";
import { createGenerator, type Generator, type GeneratorRow, generatorShape } from "./generator.ts";
import {
  createDiscriminatorTrainer,
  createGeneratorTrainer,
  encodeSetting,
} from "./generator-graph.ts";

/** A setting with the η that its challenger has in closed form. */
export interface TemperedSetting {
  readonly setting: ChallengerSetting;
  readonly temperature: number;
}

export interface GeneratorTraining {
  readonly generator: Generator;
  /** Its critic, trained against it. */
  readonly discriminator: Network;
  readonly firstLoss: number;
  readonly lastLoss: number;
}

const learningRate = 0.01;
/** Keeps a left-out candidate out of every sum. */
const maskedLog = -1e9;

/** π_ref^ρ and the closed form over the candidates that a batch has. */
function buildTargets(
  rows: readonly GeneratorRow[],
  columns: readonly Int32Array[],
  options: {
    readonly batch: BatchShape;
    readonly tempered: TemperedSetting;
    readonly logitsOf: (row: GeneratorRow) => Float64Array;
  },
) {
  const { batch, tempered, logitsOf } = options;
  const cells = batch.rows * batch.items;
  const reference = new Float32Array(cells).fill(maskedLog);
  const target = new Float32Array(cells);
  const rowWeights = new Float32Array(batch.rows);
  for (const [index, row] of rows.entries()) {
    rowWeights[index] = 1 / rows.length;
    const scores = { ...row.scores, discriminator: logitsOf(row) };
    const logs = referenceLogs(scores.logPolicy, tempered.setting.proximity);
    const closed = tilt(logs, advantages(scores, tempered.setting), tempered.temperature);
    let total = 0;
    for (const [a, column] of columns[index]!.entries())
      if (column >= 0) total += Math.exp(closed[a]!);
    for (const [a, column] of columns[index]!.entries()) {
      if (column < 0) continue;
      reference[index * batch.items + column] = logs[a]!;
      target[index * batch.items + column] = Math.exp(closed[a]!) / total;
    }
  }
  reference.fill(0, rows.length * batch.items);
  return { reference, target, rowWeights };
}

/** Satisfied choices against draws of the generator, both weighing r. */
function buildChoices(
  rows: readonly GeneratorRow[],
  columns: readonly Int32Array[],
  { logPolicy, items }: { readonly logPolicy: Float32Array; readonly items: number },
) {
  const choicePositive = new Float32Array(logPolicy.length);
  const choiceNegative = new Float32Array(logPolicy.length);
  for (const [index, row] of rows.entries()) {
    if (row.reward === 0) continue;
    const start = index * items;
    choicePositive[start + columns[index]![row.action]!] = row.reward;
    for (const column of columns[index]!)
      if (column >= 0)
        choiceNegative[start + column] = row.reward * Math.exp(logPolicy[start + column]!);
  }
  return { choicePositive, choiceNegative };
}

/**
 * A generator network trained towards the closed form on sampled candidates, for settings drawn at
 * random (loss-conditional: Dosovitskiy & Djolonga 2020), in turns with a discriminator that
 * distinguishes satisfied choices from its own: the generative adversarial game, amortised. The
 * closed form of a batch reads D as the epoch before left it, the critic's own at first.
 * @param options.settings of which each batch draws one
 */
export async function trainGenerator(options: {
  readonly rows: readonly GeneratorRow[];
  readonly settings: readonly TemperedSetting[];
  readonly epochs: number;
  readonly random: RandomStream;
  readonly threads: number;
}): Promise<GeneratorTraining> {
  const { rows, settings, random, threads } = options;
  const views = distinctViews(rows);
  const items = Array.from(views, (view) => view.itemId);
  const start = createGenerator(items, random.split("generator"));
  const critic = growNetwork(createNetwork(generatorShape, random.split("critic")), items, random);
  const reads = { views, states: rows.map(({ state }) => state) };
  const [cut, criticCut] = [cutTables(start.network, reads), cutTables(critic, reads)];
  const batch = chooseBatchShape(views.size, cut.slots);
  const generator = await createGeneratorTrainer(cut.network, start.modulation, { batch, threads });
  const discriminator = await createDiscriminatorTrainer(criticCut.network, { batch, threads });
  const known = new Map<GeneratorRow, Float64Array>();
  const logitsOf = (row: GeneratorRow) => known.get(row) ?? row.scores.discriminator;
  const order = random.split("order");
  const step = async (indices: readonly number[]) => {
    const chosen = indices.map((index) => rows[index]!);
    const { feeds, columns } = buildBatch({ rows: chosen, shape: batch, tables: cut.tables });
    const tempered = settings[order.integer(settings.length)]!;
    const targets = buildTargets(chosen, columns, { batch, tempered, logitsOf });
    const omega = encodeSetting(tempered.setting);
    const { loss, outputs } = await generator.step({ ...feeds, ...targets, omega }, learningRate);
    const drawn = { logPolicy: outputs.logPolicy!, items: batch.items };
    const choices = buildChoices(chosen, columns, drawn);
    const told = await discriminator.step({ ...feeds, ...choices }, learningRate);
    remember(known, { rows: chosen, columns, logits: told.outputs.logits!, items: batch.items });
    return loss;
  };
  return withTrainers([generator, discriminator], async () => {
    const { firstLoss, lastLoss } = await trainEpochs({
      epochs: options.epochs,
      batches: () => shuffledBatches(rows.length, batch.rows, order),
      step,
    });
    const [modulation, parameters] = splitModulation(generator.parameters(), start.modulation);
    const against = criticCut.restore(discriminator.parameters());
    return {
      generator: {
        network: { ...start.network, parameters: cut.restore(parameters) },
        modulation,
      },
      discriminator: { ...critic, parameters: against },
      firstLoss,
      lastLoss,
    };
  });
}

type Parameters = Record<string, Float32Array>;

/** The modulation's own, and the network's. */
function splitModulation(
  trained: Parameters,
  modulation: Readonly<Parameters>,
): [modulation: Parameters, network: Parameters] {
  const pick = (isPicked: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(trained).filter(([name]) => isPicked(name)));
  return [pick((name) => name in modulation), pick((name) => !(name in modulation))];
}

/** D of the rows' candidates; for candidates outside the batch, the earlier values. */
function remember(
  known: Map<GeneratorRow, Float64Array>,
  batch: {
    readonly rows: readonly GeneratorRow[];
    readonly columns: readonly Int32Array[];
    readonly logits: Float32Array;
    readonly items: number;
  },
): void {
  for (const [index, row] of batch.rows.entries()) {
    const before = known.get(row) ?? row.scores.discriminator;
    known.set(
      row,
      before.map((logit, a) => {
        const column = batch.columns[index]![a]!;
        return column < 0 ? logit : batch.logits[index * batch.items + column]!;
      }),
    );
  }
}
