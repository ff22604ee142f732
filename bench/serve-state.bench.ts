import { relatedKinds } from "../src/domain/related.ts";
import { offerList } from "../src/engine/serving/offered-items.ts";
import { scoreBest } from "../src/engine/serving/retriever.ts";
import { createRandom } from "../src/numeric/random.ts";
import { openNetworkPolicy } from "../src/policy/network-policy.ts";
import { retrieve } from "../src/policy/retrieve.ts";
import { sampleState } from "../tests/support/policy.ts";
import type { Bench, Report } from "./bench.ts";
import {
  askAll,
  events,
  makePolicy,
  openLargeShop,
  type TrainedPolicy,
} from "./serve-state/large-shop.ts";
import { percentile } from "./statistics.ts";

const candidateCount = 100;
/** `maxCandidates` where a scenario says nothing. */
const keptCount = 500;

async function measure(
  name: string,
  request: () => Promise<unknown>,
  requests: number,
  report: Report,
) {
  for (let warm = 0; warm < 30; warm++) await request();
  const milliseconds: number[] = [];
  for (let index = 0; index < requests; index++) {
    const startedAt = performance.now();
    await request();
    milliseconds.push(performance.now() - startedAt);
  }
  report.figure(`ms ${name}, median`, percentile(milliseconds, 0.5));
  report.figure(`ms ${name}, 99 %`, percentile(milliseconds, 0.99));
}

/** The policy alone: encoder, chain, head, and of all items the choice of those that are kept. */
async function measurePolicy({ views, network }: TrainedPolicy, requests: number, report: Report) {
  const policy = await openNetworkPolicy(network);
  const random = createRandom(2);
  const drawViews = (count: number) =>
    Array.from({ length: count }, () => views[random.integer(views.length)]!);
  const drawState = () => sampleState(drawViews(events).map((view) => [view, 1] as const));
  await policy.logits(sampleState(), views);
  const few = () => policy.logits(drawState(), drawViews(candidateCount));
  const facts = views.map(({ itemId }) => ({ itemId, categories: [], attributes: {} }));
  const offered = offerList({ views, facts }, [], ({ itemId }) => ({ itemId }));
  const all = async () => {
    const scores = await scoreBest(policy, drawState(), { offered, limit: keptCount });
    return retrieve(scores, keptCount, random);
  };
  await measure(`a new state and ${candidateCount} candidates`, few, requests, report);
  await measure(`a new state and ${views.length} items`, all, requests, report);
  await policy.close();
}

export const serveState: Bench<{ readonly requests: number; readonly items: number }> = {
  name: "serve-state",
  description: `a new state of ${events} events with ${candidateCount} candidates and with a large catalogue, preset small with chain and head, and an engine on them`,
  options: { requests: 300, items: 100_000 },
  run: async ({ requests, items }, report) => {
    const random = createRandom(1);
    const policy = makePolicy(items, random);
    await measurePolicy(policy, requests, report);
    const engine = await openLargeShop(policy, requests, random);
    await engine.recommend({ userId: "stranger" });
    for (const atOnce of [1, 16]) {
      const suffix = `${items} items, ${atOnce} at once`;
      const cpu = process.cpuUsage();
      report.figure(`slates/s, ${suffix}`, await askAll(engine, requests, atOnce));
      const { user, system } = process.cpuUsage(cpu);
      report.figure(`CPU ms a slate, ${suffix}`, (user + system) / 1000 / requests);
    }
    for (const kind of relatedKinds) {
      const beside = (index: number) => ({ itemId: policy.views[index % items]!.itemId, kind });
      let next = 0;
      const ask = () =>
        engine.recommend({ userId: "stranger", slateSize: 10, relatedTo: beside(next++) });
      await measure(`a slate of ${kind} items, ${items} items`, ask, requests, report);
    }
    await engine.close();
  },
};
