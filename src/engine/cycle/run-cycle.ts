import type { Cycle, CycleOutcome } from "../../domain/cycle.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { Scenario } from "../../domain/scenario.ts";
import type { GateRecord } from "../../evaluation/gate.ts";
import { limitsOf, whereUnproven } from "../../evaluation/gate-guards.ts";
import { chooseExploration } from "../../learning/exploration.ts";
import { createRandom } from "../../numeric/random.ts";
import type { Store } from "../../storage/store.ts";
import { createCatalogue } from "../catalogue.ts";
import type { Configuration } from "../configuration.ts";
import { encodeCarried, loadCarried, loadServed } from "./carried.ts";
import { describeCritic } from "./describe-critic.ts";
import { evaluateServing, type ServingEvaluation } from "./evaluate-serving.ts";
import { gateCandidate } from "./gate-candidate.ts";
import { type Improvement, improve } from "./improve.ts";
import { readUsage } from "./process-usage.ts";
import { publish } from "./publish.ts";
import { type CycleFeedback, readFeedback } from "./read-feedback.ts";
import { type Reviewed, reviewServing } from "./review.ts";
import { reviewPromotion } from "./review-promotion.ts";
import { createStageClock, type StageClock, type Usage } from "./stage-clock.ts";

export interface CycleOptions {
  readonly store: Store;
  readonly configuration: Configuration;
  readonly scenario: Scenario;
  readonly clock: () => number;
  readonly seed: number;
  readonly threads: number;
  /** What the process has used so far; of this one where left out. */
  readonly usage?: () => Usage;
}

interface Findings {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly feedback: CycleFeedback;
  readonly evaluation: ServingEvaluation | undefined;
  readonly reviewed: Reviewed;
  readonly improvement: Improvement;
  readonly gate: GateRecord;
  /** ε until the next cycle. */
  readonly exploration: number;
  readonly stages: StageClock;
}

function describe({
  scenario,
  seed,
  feedback,
  evaluation,
  reviewed,
  improvement,
  gate,
  exploration,
  stages,
}: Findings): JsonObject {
  const { distillation, judgement } = improvement;
  const { network: _, ...distilled } = distillation;
  const record = {
    seed,
    feedback: {
      rows: feedback.rows.length,
      decisions: feedback.decisions,
      newDecisions: feedback.newDecisions,
      users: feedback.users,
      judged: improvement.gate.rows.length,
    },
    evaluation,
    promotion: reviewed.promotion,
    review: reviewed.review,
    policyDifference: improvement.difference,
    context: improvement.context,
    chosenSetting: judgement.chosen,
    judgedDifference: judgement.difference,
    ...describeCritic(improvement, scenario),
    distillation: { ...distilled, gap: improvement.gap },
    gate,
    exploration,
    stageMs: stages.stageMs,
    stageCpuMs: stages.stageCpuMs,
    stagePeakMiB: stages.stagePeakMiB,
  };
  // Through JSON, so that what is stored is what it says: plain, and without what is absent.
  return JSON.parse(JSON.stringify(record)) as JsonObject;
}

/** A promotion speaks for itself; otherwise a change by the review is what happened. */
function conclude({ reviewed, gate }: Findings): { outcome: CycleOutcome; reason: string } {
  const { review, promotion } = reviewed;
  if (promotion?.action === "roll-back") {
    const outcome = gate.verdict === "promote" ? "promote" : "roll-back";
    const { replaced, reason } = promotion;
    return { outcome, reason: `Rolled back to policy ${replaced}: ${reason} Then: ${gate.reason}` };
  }
  if (review === undefined || review.action === "keep")
    return { outcome: gate.verdict, reason: gate.reason };
  const who = `${review.kind} ${review.version}`;
  const told = {
    promote: `The ${who} took over: ${review.gate.reason}`,
    retire: `The ${who} was taken off: ${review.gate.reason}`,
    "roll-back": `Rolled back to the ${who}, which is better with 99 % probability: ${review.gate.reason}`,
  }[review.action];
  const reason = `${told} Then: ${gate.reason}`;
  if (gate.verdict === "promote" || review.action === "retire")
    return { outcome: gate.verdict, reason };
  return { outcome: review.action, reason };
}

/**
 * The budget is in reward units, so that the range's lower end does not count as reward. A cycle that nobody's feedback
 * judged knows no more than the one before it.
 */
function explore(
  { scenario: { reward, exploration }, configuration }: CycleOptions,
  { judgement, gate: { rows } }: Improvement,
  {
    gate,
    before = exploration,
  }: { readonly gate: GateRecord; readonly before?: number | undefined },
): number {
  if (rows.length === 0) return Math.max(exploration, before);
  const range = reward.maximum - reward.minimum;
  const gain = gate.verdict === "promote" ? (gate.difference ?? 0) : 0;
  const value = reward.minimum + (judgement.uniform.servingValue + gain) * range;
  return Math.max(
    exploration,
    chooseExploration(
      value,
      (judgement.uniform.difference - gain) * range,
      configuration.learner.mpo.exploration,
    ),
  );
}

/** The feedback that came since the last cycle of the scenario, split into folds, and all before it. */
async function read(options: CycleOptions, now: number) {
  const { store, scenario, configuration } = options;
  const [last] = await store.cycles.list({ scenario: scenario.name, limit: 1 });
  const cycle = (last?.cycle ?? 0) + 1;
  const feedback = await readFeedback({
    store,
    catalogue: createCatalogue(store.items, configuration.text),
    scenario,
    now,
    maxDecisions: configuration.learner.maxDecisions,
    previous: last?.throughSequence ?? 0,
    cycle,
  });
  return { feedback, cycle };
}

/** The last promotion on live rewards; unless that rolls it back, what serves against its canary or parent. */
async function review(
  options: CycleOptions,
  input: Pick<
    Parameters<typeof reviewServing>[0],
    "assignment" | "serving" | "critic" | "rows" | "load"
  >,
): Promise<Reviewed> {
  const { store, configuration, threads } = options;
  const now = options.clock();
  const live = await reviewPromotion({ ...options, assignment: input.assignment, now });
  if (live.promotion?.action === "roll-back") return live;
  const { serving = 0 } = live.assignment;
  const reviewed = await reviewServing({
    ...input,
    assignment: live.assignment,
    parent: (await store.policies.find(serving))?.parent,
    evidence: async (version) => (await store.policies.find(version))?.evidence ?? {},
    holdbackShare: configuration.holdbackShare,
    now,
    threads,
    mpo: configuration.learner.mpo,
  });
  return { ...live, ...reviewed, statuses: [...live.statuses, ...reviewed.statuses] };
}

/** Review, improve and gate: all that is found out before anything changes. */
async function examine(options: CycleOptions, stages: StageClock): Promise<Findings | undefined> {
  const { store, scenario, threads, configuration } = options;
  const { mpo } = configuration.learner;
  const { feedback, cycle } = await stages.measure("read", () => read(options, options.clock()));
  const assignment = await store.policies.assignment(scenario.name);
  if (assignment.serving === undefined || feedback.newDecisions === 0) return undefined;
  const load = (version: number) => loadServed(store, version);
  const first = await load(assignment.serving);
  if (first === undefined) return undefined;
  const carried = await loadCarried(store, scenario.name);
  const fresh = feedback.rows.filter(({ fold }) => fold !== "older");
  const reviewed = await stages.measure("review", () =>
    review(options, { assignment, serving: first, critic: carried.critic, rows: fresh, load }),
  );
  const { serving: version } = reviewed.assignment;
  const serving =
    (version === assignment.serving || version === undefined ? first : await load(version)) ??
    first;
  const random = createRandom(options.seed).split(`${scenario.name}/${cycle}`);
  const improvement = await improve({
    ...carried,
    serving,
    mpo,
    rows: feedback.rows,
    arm: version === assignment.canary ? "canary" : "serving",
    floor: scenario.exploration,
    discount: scenario.discount,
    random,
    threads,
    stages,
  });
  const { judgement } = improvement;
  const limits = limitsOf(mpo.gate);
  const gate = await stages.measure("gate", () =>
    gateCandidate({
      ...improvement.gate,
      predictedDifference: judgement.difference,
      limits: judgement.proven ? limits : whereUnproven(limits),
    }),
  );
  const evaluation = evaluateServing(fresh, scenario.reward);
  const exploration = explore(options, improvement, {
    gate,
    before: assignment.exploration,
  });
  const { seed } = options;
  return { scenario, seed, feedback, evaluation, reviewed, improvement, gate, exploration, stages };
}

/**
 * One pass of the loop over a scenario: evaluate, review, challenge, judge, distil, gate, publish. Everything that it
 * changes is one transaction at its end; whatever fails before leaves the serving policy as it was.
 * @returns undefined where there is no new feedback to judge on
 */
export async function runCycle(options: CycleOptions): Promise<Cycle | undefined> {
  const { store, scenario, configuration, clock, usage = readUsage } = options;
  const startedAt = clock();
  const findings = await examine(options, createStageClock(clock, usage));
  if (findings === undefined) return undefined;
  const { feedback, reviewed, improvement, gate, exploration } = findings;
  const finishedAt = clock();
  const { serving } = reviewed.assignment;
  const cycle = {
    scenario: scenario.name,
    ...conclude(findings),
    ...(serving === undefined ? {} : { policyVersion: serving }),
    startedAt,
    finishedAt,
    throughSequence: feedback.throughSequence,
    record: describe(findings),
  };
  const applied = await store.policies.apply({
    ...publish({
      scenario: scenario.name,
      gate,
      reviewed,
      canaryShare: configuration.canaryShare,
      // A policy that is no better than chance is not worth a user's time for the sake of comparing.
      holdbackShare: improvement.judgement.proven ? configuration.holdbackShare : 0,
      candidate: improvement.candidate,
      feedback,
      exploration,
      now: finishedAt,
    }),
    cycle: ([candidateVersion = 0]) => ({ ...cycle, candidateVersion }),
    checkpoints: encodeCarried(scenario.name, {
      critic: improvement.critic,
      meta: improvement.judgement.state,
    }),
  });
  const [candidateVersion = 0] = applied.added;
  return { ...cycle, cycle: applied.cycle ?? 0, candidateVersion };
}
