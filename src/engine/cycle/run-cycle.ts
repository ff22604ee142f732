import type { Cycle, CycleOutcome } from "../../domain/cycle.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { Assignment, PolicyStatus } from "../../domain/policy-snapshot.ts";
import type { Scenario } from "../../domain/scenario.ts";
import type { GateRecord } from "../../evaluation/gate.ts";
import type { MetaPolicyState } from "../../learning/meta-policy.ts";
import { createRandom } from "../../numeric/random.ts";
import type { Network } from "../../policy/network.ts";
import { encodeNetwork, toNetwork } from "../../policy/network-policy.ts";
import { encodePopularity, measurePopularity } from "../../policy/popularity.ts";
import { decodeTensors } from "../../policy/snapshot.ts";
import type { NewPolicy, PolicyChange, Store } from "../../storage/store.ts";
import { createCatalogue } from "../catalogue.ts";
import type { Configuration } from "../configuration.ts";
import { evaluateServing } from "./evaluate-serving.ts";
import { gateCandidate } from "./gate-candidate.ts";
import { type Improvement, improve } from "./improve.ts";
import { type CycleFeedback, readFeedback } from "./read-feedback.ts";
import { createStageClock, type StageClock } from "./stage-clock.ts";

export interface CycleOptions {
  readonly store: Store;
  readonly configuration: Configuration;
  readonly scenario: Scenario;
  readonly clock: () => number;
  readonly seed: number;
  readonly threads: number;
}

/** What one cycle hands to the next, beside the critic's network. */
interface Carried {
  readonly meta: MetaPolicyState;
}

const criticName = (scenario: string) => `critic/${scenario}`;
const carriedName = (scenario: string) => `meta-policy/${scenario}`;

async function loadNetwork(
  store: Store,
  version: number | undefined,
): Promise<Network | undefined> {
  const bytes = version === undefined ? undefined : await store.policies.bytes(version);
  return bytes && toNetwork(decodeTensors(bytes));
}

async function loadCarried(store: Store, scenario: string) {
  const critic = await store.checkpoints.load(criticName(scenario));
  const carried = await store.checkpoints.load(carriedName(scenario));
  const { meta } = (
    carried ? JSON.parse(Buffer.from(carried).toString()) : { meta: {} }
  ) as Carried;
  return { critic: critic && toNetwork(decodeTensors(critic)), meta };
}

/** The distilled policy must keep at least this share of the mixture's judged gain. */
const distillationShare = 0.5;

function describe(options: {
  readonly feedback: CycleFeedback;
  readonly improvement: Improvement;
  readonly gate: GateRecord;
  readonly evaluation: ReturnType<typeof evaluateServing>;
  readonly stages: StageClock;
}): JsonObject {
  const { feedback, improvement, gate, evaluation } = options;
  const count = (fold: string) => feedback.rows.filter((row) => row.fold === fold).length;
  const { distillation, judgement } = improvement;
  const record = {
    feedback: {
      rows: feedback.rows.length,
      decisions: feedback.decisions,
      newDecisions: feedback.newDecisions,
      users: feedback.users,
      train: count("train"),
      judge: improvement.judge.rows.length,
      gate: improvement.gate.rows.length,
    },
    ...(evaluation === undefined ? {} : { evaluation }),
    policyDifference: improvement.difference,
    settings: judgement.settings,
    judgedDifference: judgement.difference,
    discriminator: { auc: improvement.auc },
    critic: { firstLoss: improvement.criticLoss[0], lastLoss: improvement.criticLoss[1] },
    distillation: {
      objective: distillation.objective,
      epochs: distillation.epochs,
      firstLoss: distillation.firstLoss,
      lastLoss: distillation.lastLoss,
    },
    gate,
    stageMs: options.stages.stageMs,
  };
  // Through JSON, so that what is stored is what it says: plain and finite.
  return JSON.parse(JSON.stringify(record)) as JsonObject;
}

/** Where the verdict leaves the assignment and the statuses of the policies that change theirs. */
function settle(verdict: GateRecord["verdict"], assignment: Assignment, canaryShare: number) {
  const retire = (version: number | undefined, status: PolicyStatus) =>
    version === undefined ? [] : [{ version, status }];
  if (verdict === "promote") {
    return {
      status: "serving" as const,
      statuses: [...retire(assignment.serving, "retired"), ...retire(assignment.canary, "retired")],
      assign: ({ canary: _, ...rest }: Assignment, version: number) => ({
        ...rest,
        serving: version,
        canaryShare: 0,
      }),
    };
  }
  if (verdict === "canary") {
    return {
      status: "canary" as const,
      statuses: retire(assignment.canary, "retired"),
      assign: (rest: Assignment, version: number) => ({ ...rest, canary: version, canaryShare }),
    };
  }
  return { status: "held" as const, statuses: [], assign: (rest: Assignment) => rest };
}

/** A new baseline takes the place of the old one; it needs no gate, it is what the policy is held against. */
function newBaseline(scenario: string, feedback: CycleFeedback, now: number): NewPolicy {
  return {
    scenario,
    kind: "popularity",
    status: "serving",
    createdAt: now,
    bytes: encodePopularity(measurePopularity(feedback.itemRewards)),
    evidence: { decisions: feedback.decisions },
  };
}

/**
 * One pass of the loop over a scenario: evaluate, challenge, judge, distil, gate, publish. Everything that it changes is
 * one transaction at its end; whatever fails before leaves the serving policy as it was.
 * @returns undefined where there is no new feedback to judge on
 */
export async function runCycle(options: CycleOptions): Promise<Cycle | undefined> {
  const { store, scenario, configuration, clock } = options;
  const startedAt = clock();
  const stages = createStageClock(clock);
  const [last] = await store.cycles.list({ scenario: scenario.name, limit: 1 });
  const previous = last?.throughSequence ?? 0;
  const number = (last?.cycle ?? 0) + 1;
  const assignment = await store.policies.assignment(scenario.name);
  const serving = await loadNetwork(store, assignment.serving);
  const feedback = await stages.measure("read", () =>
    readFeedback({
      store,
      catalogue: createCatalogue(store.items),
      scenario,
      now: startedAt,
      maxDecisions: configuration.learner.maxDecisions,
      previous,
      cycle: number,
    }),
  );
  if (serving === undefined || feedback.newDecisions === 0) return undefined;
  const random = createRandom(options.seed).split(`${scenario.name}/${number}`);
  const carried = await loadCarried(store, scenario.name);
  const improvement = await improve({
    serving,
    critic: carried.critic,
    meta: carried.meta,
    rows: feedback.rows,
    random,
    threads: options.threads,
    stages,
  });
  const gate = await stages.measure("gate", () =>
    gateCandidate({ ...improvement.gate, predictedDifference: improvement.judgement.difference }),
  );
  const fresh = feedback.rows.filter((row) => row.age < 1);
  const evaluation = evaluateServing(fresh, scenario.reward);
  const settled = settle(gate.verdict, assignment, configuration.canaryShare);
  const finishedAt = clock();
  const cycle: Omit<Cycle, "cycle"> = {
    scenario: scenario.name,
    outcome: gate.verdict satisfies CycleOutcome,
    reason: gate.reason,
    ...(assignment.serving === undefined ? {} : { policyVersion: assignment.serving }),
    startedAt,
    finishedAt,
    throughSequence: feedback.throughSequence,
    record: describe({ feedback, improvement, gate, evaluation, stages }),
  };
  const change: PolicyChange = {
    add: [
      {
        scenario: scenario.name,
        kind: "network",
        status: settled.status,
        ...(assignment.serving === undefined ? {} : { parent: assignment.serving }),
        createdAt: finishedAt,
        bytes: encodeNetwork(improvement.candidate),
        evidence: { verdict: gate.verdict, reason: gate.reason },
      },
      newBaseline(scenario.name, feedback, finishedAt),
    ],
    statuses: [
      ...settled.statuses,
      ...(assignment.baseline === undefined
        ? []
        : [{ version: assignment.baseline, status: "retired" as const }]),
    ],
    assign: (added) => ({
      scenario: scenario.name,
      assignment: { ...settled.assign(assignment, Number(added[0])), baseline: Number(added[1]) },
    }),
    cycle: (added) => ({ ...cycle, candidateVersion: Number(added[0]) }),
    checkpoints: [
      { name: criticName(scenario.name), bytes: encodeNetwork(improvement.critic, "critic") },
      {
        name: carriedName(scenario.name),
        bytes: Buffer.from(JSON.stringify({ meta: improvement.judgement.state })),
      },
    ],
  };
  if (process.env.DBG) console.error(JSON.stringify(cycle.record, (k, v) => (typeof v === "number" ? Number(v.toPrecision(4)) : k === "guards" ? v.filter((g: any) => !g.passed) : v)));
  const applied = await store.policies.apply(change);
  return { ...cycle, cycle: applied.cycle ?? number, candidateVersion: Number(applied.added[0]) };
}
