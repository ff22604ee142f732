import type { ChallengerSetting } from "../../src/domain/improvement-record.ts";
import { challengerLogs, referenceLogs } from "../../src/mpo/challengers.ts";
import { solveChallenger } from "../../src/mpo/restraint.ts";
import { klDivergence } from "../../src/numeric/log-probabilities.ts";
import { createRandom, type RandomStream, shuffle } from "../../src/numeric/random.ts";
import { mean } from "../statistics.ts";
import {
  type CatalogueWorld,
  createCatalogueWorld,
  createRow,
} from "./generator/catalogue-states.ts";
import { type GeneratorRow, generatorLogs } from "./generator/generator.ts";
import { type TemperedSetting, trainGenerator } from "./generator/train-generator.ts";
import { gainOverBest } from "./targets.ts";
import type { LearningWorld, SeedOutcome, UnitOfWork } from "./world.ts";

const sizes = { items: 1500, users: 60, rows: 1500, sampled: 100, asked: 60, epochs: 20 };
const cases = ["100 sampled candidates", "the catalogue of 1,500"] as const;

const setting = (
  name: string,
  values: Pick<ChallengerSetting, "klRadius" | "proximity">,
): ChallengerSetting => ({
  name,
  pessimism: 0,
  discriminator: 0,
  memory: [0, 0, 1],
  ...values,
});
const settings = [
  setting("near", { klRadius: 0.3, proximity: 1 }),
  setting("far", { klRadius: 1, proximity: 1 }),
  setting("softmax", { klRadius: 2, proximity: 0 }),
];

function drawRows(
  world: CatalogueWorld,
  { count, sampled }: { readonly count: number; readonly sampled: number },
  random: RandomStream,
): GeneratorRow[] {
  const catalogue = [...world.views.keys()];
  return Array.from({ length: count }, () => {
    const items =
      sampled === catalogue.length ? catalogue : shuffle([...catalogue], random).slice(0, sampled);
    return createRow(world, { user: random.integer(world.users.length), items }, random);
  });
}

/** Expected reward of a choice, mean over the rows. */
const worthOf = (rows: readonly GeneratorRow[], logs: readonly Float64Array[]): number =>
  mean(
    rows.map(({ scores }, index) =>
      logs[index]!.reduce((sum, log, a) => sum + Math.exp(log) * scores.rewardHeads[0]![a]!, 0),
    ),
  );

const divergence = (left: readonly Float64Array[], right: readonly Float64Array[]): number =>
  mean(left.map((logs, index) => klDivergence(logs, right[index]!)));

async function run({ caseName, seed, onProgress }: UnitOfWork): Promise<SeedOutcome> {
  const random = createRandom(seed);
  const world = createCatalogueWorld(sizes, random.split("world"));
  const draw = (count: number, sampled: number, name: string) =>
    drawRows(world, { count, sampled }, random.split(name));
  const rows = draw(sizes.rows, sizes.sampled, "rows");
  const sample = rows.slice(0, 256).map(({ scores }) => scores);
  const tempered: TemperedSetting[] = settings.map((one) => ({
    setting: one,
    temperature: solveChallenger(sample, one, false).temperature,
  }));
  const before = process.cpuUsage();
  const { generator } = await trainGenerator({
    rows,
    settings: tempered,
    epochs: sizes.epochs,
    random: random.split("train"),
    threads: 1,
  });
  const used = process.cpuUsage(before);
  onProgress(0.9);
  const asked = draw(sizes.asked, caseName === cases[0] ? sizes.sampled : sizes.items, "asked");
  const { setting: own, temperature } = tempered[1]!;
  const closed = asked.map(({ scores }) => challengerLogs(scores, own, { temperature }));
  const reference = asked.map(({ scores }) => referenceLogs(scores.logPolicy, own.proximity));
  const made = await generatorLogs(generator, asked, { setting: own, threads: 1 });
  return {
    values: {
      generator: worthOf(asked, made),
      "closed form": worthOf(asked, closed),
      "serving policy": worthOf(asked, reference),
    },
    figures: {
      "KL(closed form ‖ generator), nats": divergence(closed, made),
      "KL(closed form ‖ serving policy), nats": divergence(closed, reference),
      "training, CPU s": (used.user + used.system) / 1e6,
    },
  };
}

/** What the closed form loses when a network stands for it, where both can run. */
export const generatorWorld: LearningWorld = {
  name: "generator",
  description:
    "challengers from a generator network beside the closed form, on an exact reward model",
  value: "expected reward of a choice under a radius of 1 nat",
  better: "higher",
  cases,
  policies: ["generator", "closed form", "serving policy"],
  main: "generator",
  settings: { sizes, settings },
  targets: [gainOverBest({ policy: "generator", over: ["closed form"], gain: -0.1 })],
  run,
};
