import { createRandom, type RandomStream } from "../src/numeric/random.ts";
import { openEncoder } from "../src/policy/encoder/encoder.ts";
import { encodeEncoder } from "../src/policy/encoder/encoder-model.ts";
import { withEncoder } from "../src/policy/network.ts";
import { openNetworkPolicy, policyShape } from "../src/policy/network-policy.ts";
import { createCatalogueScorer } from "../src/policy/transformer/catalogue-scorer.ts";
import { createTransformer } from "../src/policy/transformer/parameters.ts";
import { presetShape } from "../src/policy/transformer/shape.ts";
import { randomNetwork, sampleState, sampleViews } from "../tests/support/policy.ts";
import type { Bench, Report } from "./bench.ts";
import { percentile } from "./statistics.ts";

const items = 3416;
const events = 50;
const candidateCount = 100;

interface Server {
  request(): Promise<unknown>;
  close(): Promise<void>;
}

const draw = (count: number, random: RandomStream) =>
  Array.from({ length: count }, () => random.integer(items));

/** The loop's policy: encoder and pools over a new state, then the candidates' logits. */
async function servePolicy(random: RandomStream): Promise<Server> {
  const views = sampleViews(items);
  const encoder = encodeEncoder({
    ...createTransformer(presetShape("small", { items, length: events }), random),
    itemIds: views.map(({ itemId }) => itemId),
    counts: new Float32Array(items),
    throughSequence: 0,
  });
  const network = withEncoder(randomNetwork(policyShape, views, random), openEncoder(encoder));
  const policy = await openNetworkPolicy(network);
  // Items are embedded once a revision, not once a request.
  await policy.logits(sampleState(), views);
  return {
    request: () => {
      const state = sampleState(draw(events, random).map((item) => [views[item]!, 1] as const));
      return policy.logits(
        state,
        draw(candidateCount, random).map((item) => views[item]!),
      );
    },
    close: () => policy.close(),
  };
}

/** The Transformer of `recurve evaluate ranking`, which scores the whole catalogue. */
async function serveSequences(random: RandomStream): Promise<Server> {
  const shape = presetShape("small", { items, length: events });
  const scorer = await createCatalogueScorer(createTransformer(shape, random));
  return { request: () => scorer.score([draw(events, random)]), close: () => scorer.close() };
}

async function measure(name: string, server: Server, requests: number, report: Report) {
  for (let warm = 0; warm < 50; warm++) await server.request();
  const milliseconds: number[] = [];
  for (let index = 0; index < requests; index++) {
    const startedAt = performance.now();
    await server.request();
    milliseconds.push(performance.now() - startedAt);
  }
  await server.close();
  report.figure(`ms ${name}, median`, percentile(milliseconds, 0.5));
  report.figure(`ms ${name}, 99 %`, percentile(milliseconds, 0.99));
}

export const serveState: Bench<{ readonly requests: number }> = {
  name: "serve-state",
  description: `one user's state of ${events} events and ${candidateCount} candidates in-process, preset small`,
  options: { requests: 2000 },
  run: async ({ requests }, report) => {
    const random = createRandom(1);
    await measure("a request to the loop's policy", await servePolicy(random), requests, report);
    await measure(
      `a history and all ${items} items`,
      await serveSequences(random),
      requests,
      report,
    );
  },
};
