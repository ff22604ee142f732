import type { ChallengerSetting } from "../../../src/domain/improvement-record.ts";
import { type Batch, chooseBatchShape, drawnBatches } from "../../../src/learning/batch.ts";
import { cutTables } from "../../../src/learning/cut-tables.ts";
import { trainEpochs, withTrainers } from "../../../src/learning/train-epochs.ts";
import { shuffledUnits } from "../../../src/learning/train-rows.ts";
import { distinctViews, layRows } from "../../../src/learning/training-rows.ts";
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
/** Keeps padding out of every sum. */
const maskedLog = -1e9;

/** A batch of rows with a state each, and the candidates that there is room for. */
interface Drawn {
  readonly batch: Batch<GeneratorRow>;
  readonly sizes: { readonly states: number; readonly candidates: number };
}

/** π_ref^ρ and the closed form over the candidates. */
function buildTargets(
  { batch: { rows, places, stateOf }, sizes }: Drawn,
  options: {
    readonly tempered: TemperedSetting;
    readonly logitsOf: (row: GeneratorRow) => Float64Array;
  },
) {
  const { tempered, logitsOf } = options;
  const cells = sizes.states * sizes.candidates;
  const reference = new Float32Array(cells).fill(maskedLog);
  const target = new Float32Array(cells);
  const rowWeights = new Float32Array(sizes.states);
  for (const [index, row] of rows.entries()) {
    rowWeights[stateOf[index]!] = 1 / rows.length;
    const scores = { ...row.scores, discriminator: logitsOf(row) };
    const logs = referenceLogs(scores.logPolicy, tempered.setting.proximity);
    const closed = tilt(logs, advantages(scores, tempered.setting), tempered.temperature);
    const start = stateOf[index]! * sizes.candidates;
    for (const [a, place] of places[index]!.entries()) {
      reference[start + place] = logs[a]!;
      target[start + place] = Math.exp(closed[a]!);
    }
  }
  reference.fill(0, rows.length * sizes.candidates);
  return { reference, target, rowWeights };
}

/** Satisfied choices against draws of the generator, both weighing r. */
function buildChoices({ batch: { rows, places, stateOf }, sizes }: Drawn, logPolicy: Float32Array) {
  const choicePositive = new Float32Array(logPolicy.length);
  const choiceNegative = new Float32Array(logPolicy.length);
  for (const [index, row] of rows.entries()) {
    if (row.reward === 0) continue;
    const start = stateOf[index]! * sizes.candidates;
    choicePositive[start + places[index]![row.action]!] = row.reward;
    for (const place of places[index]!)
      choiceNegative[start + place] = row.reward * Math.exp(logPolicy[start + place]!);
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
  // Users come back in the same state: a row has one of its own.
  const laid = layRows(
    rows.map((row) => ({ ...row, state: { ...row.state } })),
    cut,
  );
  const batch = chooseBatchShape(laid, random.split("shape"));
  const generator = await createGeneratorTrainer(cut.network, start.modulation, { batch, threads });
  const discriminator = await createDiscriminatorTrainer(criticCut.network, { batch, threads });
  const known = new Map<GeneratorRow, Float64Array>();
  const logitsOf = (row: GeneratorRow) => known.get(row) ?? row.scores.discriminator;
  const order = random.split("order");
  const step = async (own: Batch<GeneratorRow>) => {
    const drawn = { batch: own, sizes: batch };
    const tempered = settings[order.integer(settings.length)]!;
    const targets = buildTargets(drawn, { tempered, logitsOf });
    const omega = encodeSetting(tempered.setting);
    const fed = { ...own.feeds, ...targets, omega };
    const { loss, outputs } = await generator.step(fed, learningRate);
    const choices = buildChoices(drawn, outputs.logPolicy!);
    const told = await discriminator.step({ ...own.feeds, ...choices }, learningRate);
    remember(known, drawn, told.outputs.logits!);
    return loss;
  };
  return withTrainers([generator, discriminator], async () => {
    const { firstLoss, lastLoss } = await trainEpochs({
      epochs: options.epochs,
      batches: () => drawnBatches(laid, shuffledUnits(laid.units.length, order), batch),
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

/** D of the rows' candidates. */
function remember(
  known: Map<GeneratorRow, Float64Array>,
  { batch: { rows, places, stateOf }, sizes }: Drawn,
  logits: Float32Array,
): void {
  for (const [index, row] of rows.entries()) {
    const start = stateOf[index]! * sizes.candidates;
    known.set(
      row,
      Float64Array.from(places[index]!, (place) => logits[start + place]!),
    );
  }
}
