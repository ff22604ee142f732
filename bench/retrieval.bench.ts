import { createRandom } from "../src/numeric/random.ts";
import { openEncoder } from "../src/policy/encoder/encoder.ts";
import { sampleState } from "../tests/support/policy.ts";
import type { Bench, Report } from "./bench.ts";
import { type ClusteredPolicy, makeClusteredPolicy } from "./retrieval/clustered-policy.ts";
import { openFloatProducts } from "./retrieval/float-products.ts";
import { buildGraphIndex, findUsearch } from "./retrieval/graph-index.ts";
import { measureEngine } from "./retrieval/measure-engine.ts";
import { measurePolicy, time } from "./retrieval/measure-policy.ts";
import { mean } from "./statistics.ts";

const kept = 500;
const best = 100;

/** Vectors of the encoder and states, as float32: what other ways of finding the best are given. */
async function openVectors(
  { encoder: stored, views, drawHistory }: ClusteredPolicy,
  count: number,
) {
  const encoder = openEncoder(stored);
  const { width } = encoder.model.shape;
  const table = encoder.model.parameters.itemTable!.subarray(0, count * width);
  const states = Array.from({ length: 30 }, () =>
    sampleState(drawHistory().map((view) => [view, 1] as const)),
  );
  await encoder.encode(states);
  const vectors = states.map((state) => encoder.stateOf(state).subarray(0, width));
  const exact = (vector: Float32Array) =>
    Array.from({ length: count }, (_, item) => {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += vector[i]! * table[item * width + i]!;
      return sum;
    });
  return { width, table, vectors, exact, views };
}

type Vectors = Awaited<ReturnType<typeof openVectors>>;

async function measureFloats({ width, table, vectors }: Vectors, items: number, report: Report) {
  const floats = await openFloatProducts(table, width);
  const times: number[] = [];
  for (const vector of vectors) times.push((await time(() => floats.find(vector, kept))).cpuMs);
  report.figure(
    `CPU ms of float32 products of the encoder alone, ${items} items`,
    mean(times.slice(5)),
  );
  await floats.close();
}

async function measureGraph(
  { width, table, vectors, exact }: Vectors,
  items: number,
  report: Report,
) {
  const usearch = findUsearch();
  if (usearch === undefined) return report.note("usearch is not installed: no graph index");
  for (const expansion of [500, 2000]) {
    let search: ReturnType<typeof buildGraphIndex> | undefined;
    const build = await time(async () => {
      search = buildGraphIndex(usearch, table, { width, expansion });
    });
    report.figure(`CPU ms an item to build a graph index, ${items} items`, build.cpuMs / items);
    const recalls: number[] = [];
    const times: number[] = [];
    for (const vector of vectors) {
      const scores = exact(vector);
      const wanted = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!).slice(0, best);
      let found: readonly number[] = [];
      const searched = await time(async () => {
        found = search!(vector, kept);
      });
      times.push(searched.cpuMs);
      const among = new Set(found);
      recalls.push(wanted.filter((item) => among.has(item)).length / best);
    }
    const suffix = `graph index with expansion ${expansion}, ${items} items`;
    report.figure(`recall@${best}, ${suffix}`, mean(recalls));
    report.figure(`CPU ms a search, ${suffix}`, mean(times));
  }
}

interface Options {
  readonly [name: string]: number;
  readonly items: number;
  readonly requests: number;
  readonly graphItems: number;
  readonly audited: number;
}

export const retrievalBench: Bench<Options> = {
  name: "retrieval",
  description:
    "the best of a catalogue by products of bytes, at a tenth of the items and at all, against exact logits, float32 products and a graph index",
  options: { items: 1_000_000, requests: 100, graphItems: 20_000, audited: 20 },
  run: async ({ items, requests, graphItems, audited }, report) => {
    report.note(
      "vectors of 200 clusters with spreads of i^-0.5, items drawn as r^-0.8; preset small with chain and head",
    );
    for (const size of [Math.ceil(items / 10), items]) {
      const random = createRandom(1);
      const clustered = makeClusteredPolicy(size, random);
      await measurePolicy(clustered, { requests, random }, report);
      await measureFloats(await openVectors(clustered, size), size, report);
      if (size < items && graphItems > 1)
        await measureGraph(await openVectors(clustered, graphItems), graphItems, report);
      await measureEngine(clustered, { requests, audited }, report);
    }
  },
};
