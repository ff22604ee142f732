import { itemId, userId } from "../src/domain/ids.ts";
import { createRandom, type RandomStream } from "../src/numeric/random.ts";
import { packVectors } from "../src/numeric/vector-rows.ts";
import { createLinearHead } from "../src/policy/fast-loop/linear-head.ts";
import { createResidualModel } from "../src/policy/fast-loop/residual-model.ts";
import type { Bench } from "./bench.ts";
import { median } from "./statistics.ts";

const sizes = [64, 256];
const repetitions = 5;

/** Times in a second of processor time that `work` can be done: who else runs doesn't count. */
function measureRate(count: number, work: (index: number) => void): number {
  const rates = Array.from({ length: repetitions }, () => {
    const before = process.cpuUsage();
    for (let index = 0; index < count; index++) work(index);
    return (count * 1e6) / process.cpuUsage(before).user;
  });
  return median(rates);
}

function createEvents(size: number, random: RandomStream): Float64Array[] {
  return Array.from({ length: 256 }, () =>
    Float64Array.from({ length: size }, () => random.normal() / Math.sqrt(size)),
  );
}

const width = 32;
const candidates = 500;
const policies = [
  ["a trained policy", 10],
  ["popularity", 1],
] as const;

/** What a request pays for its draw: one weight vector, and a gain for each candidate. @param states that a policy tells apart */
function measureRequests(count: number, states: number, random: RandomStream): number {
  const vector = () => Float32Array.from({ length: width }, () => random.normal());
  const items = packVectors(Array.from({ length: candidates }, vector));
  const logits = Float64Array.from({ length: candidates }, () => random.normal());
  const views = Array.from({ length: candidates }, (_, index) => ({
    itemId: itemId(`i-${index}`),
    isKnown: true,
  }));
  const shown = views.slice(0, 10).map((item, position) => ({
    ...item,
    candidate: position,
    position,
    reward: position % 2,
  }));
  const visits = Array.from({ length: states }, () => ({
    userId: userId("u-1"),
    towers: { state: vector(), items, logits },
    shown,
  }));
  const model = createResidualModel({ forgetting: 0.998, temperature: 0.03 });
  model.learn(visits);
  return measureRate(count, (index) => model.draw(random.split(index), 1)(visits[0]!, views));
}

export const fastLoopBench: Bench<{ events: number }> = {
  name: "fast-loop",
  description: `events learnt and weights drawn by the fast loop's head, d ${sizes.join(" and ")}`,
  options: { events: 4000 },
  async run({ events }, report) {
    const random = createRandom(1);
    for (const size of sizes) {
      const features = createEvents(size, random);
      const options = { size, priorPrecision: 1, forgetting: 0.999, noiseVariance: 0.25 };
      const head = createLinearHead(options);
      const count = Math.ceil((events * sizes[0]!) / size);
      const learn = (index: number) => head.update(features[index % features.length]!, index % 2);
      report.figure(`updates per CPU second, d ${size}`, measureRate(count, learn));
      report.figure(
        `draws per CPU second, d ${size}`,
        measureRate(count, () => head.draw(random, 1)),
      );
    }
    for (const [name, states] of policies) {
      const requests = measureRequests(Math.ceil(events / 20), states, random);
      report.figure(`requests of ${candidates} candidates drawn per CPU second, ${name}`, requests);
    }
  },
};
