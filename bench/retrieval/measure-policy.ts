import { performance } from "node:perf_hooks";
import { offerList } from "../../src/engine/serving/offered-items.ts";
import { scoreBest } from "../../src/engine/serving/retriever.ts";
import { nthLargest } from "../../src/numeric/nth-largest.ts";
import type { RandomStream } from "../../src/numeric/random.ts";
import { openNetworkPolicy } from "../../src/policy/network-policy.ts";
import type { Policy, PolicyState } from "../../src/policy/policy.ts";
import { retrieve } from "../../src/policy/retrieve.ts";
import { sampleState } from "../../tests/support/policy.ts";
import type { Report } from "../bench.ts";
import { mean, percentile } from "../statistics.ts";
import type { ClusteredPolicy } from "./clustered-policy.ts";

/** `maxCandidates` where a scenario says nothing. */
const kept = 500;
/** Of which the share that was found is the recall. */
const best = 100;

/** Time by the clock and by this process's processors, which other programs don't lengthen. */
export async function time(run: () => Promise<unknown>): Promise<{ ms: number; cpuMs: number }> {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  await run();
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, cpuMs: (user + system) / 1000 };
}

function offerOf({ views }: ClusteredPolicy) {
  const facts = views.map(({ itemId }) => ({ itemId, categories: [], attributes: {} }));
  return offerList({ views, facts }, [], ({ itemId }) => ({ itemId }));
}

const drawState = ({ drawHistory }: ClusteredPolicy) =>
  sampleState(drawHistory().map((view) => [view, 1] as const));

/** Share of the best by exact logits of all that the retrieval has among its items. */
async function measureRecall(
  policy: Policy,
  states: readonly PolicyState[],
  offered: ReturnType<typeof offerOf>,
): Promise<readonly number[]> {
  const recalls: number[] = [];
  for (const state of states) {
    const exact = await policy.logits(state, offered.list);
    const least = nthLargest(exact, best - 1);
    const { part } = await scoreBest(policy, state, { offered, limit: kept });
    const found = part!.indices.filter((index) => exact[index]! >= least);
    recalls.push(found.length / exact.filter((logit) => logit >= least).length);
  }
  return recalls;
}

/** Retrievals of the policy: the state's own logits, and the choice of those that are kept. */
export async function measurePolicy(
  clustered: ClusteredPolicy,
  { requests, random }: { readonly requests: number; readonly random: RandomStream },
  report: Report,
): Promise<void> {
  const items = clustered.views.length;
  const offered = offerOf(clustered);
  const policy = await openNetworkPolicy(clustered.network);
  const retrieveFor = async (state: PolicyState) => {
    const scores = await scoreBest(policy, state, { offered, limit: kept });
    retrieve(scores, kept, random);
    return scores.logits.length;
  };
  const start = await time(() => retrieveFor(drawState(clustered)));
  report.figure(`s until the first retrieval, ${items} items`, start.ms / 1000);
  const states = Array.from({ length: requests }, () => drawState(clustered));
  // Their states are worked out before: the Transformer is measured by serve-state.
  for (const state of states) await policy.logits(state, offered.list.slice(0, 1));
  const alone: { ms: number; cpuMs: number }[] = [];
  let scored = 0;
  for (const state of states)
    alone.push(
      await time(async () => {
        scored += await retrieveFor(state);
      }),
    );
  report.figure(
    `ms a retrieval, ${items} items, median`,
    percentile(
      alone.map(({ ms }) => ms),
      0.5,
    ),
  );
  report.figure(
    `ms a retrieval, ${items} items, 99 %`,
    percentile(
      alone.map(({ ms }) => ms),
      0.99,
    ),
  );
  report.figure(`CPU ms a retrieval, ${items} items`, mean(alone.map(({ cpuMs }) => cpuMs)));
  report.figure(`items with exact logits a retrieval, ${items} items`, scored / requests);
  for (const atOnce of [4, 16]) {
    let next = 0;
    const ask = async () => {
      while (next < requests) await retrieveFor(states[next++]!);
    };
    const all = await time(() => Promise.all(Array.from({ length: atOnce }, ask)));
    report.figure(`CPU ms a retrieval, ${items} items, ${atOnce} at once`, all.cpuMs / requests);
  }
  const recalls = await measureRecall(policy, states.slice(0, 20), offered);
  report.figure(`recall@${best}, ${items} items`, mean(recalls));
  await policy.close();
}
