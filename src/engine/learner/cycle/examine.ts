import type { Cycle } from "../../../domain/cycle.ts";
import type { CyclePlan } from "../../../domain/cycle-record.ts";
import type { Arm } from "../../../domain/decision.ts";
import { encoderFirst, popularityFirst } from "../../../domain/ending.ts";
import { servesWithLoop } from "../../../domain/fast-loop.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import { evaluateServing } from "../../../evaluation/evaluate-serving.ts";
import { withExpectedLift } from "../../../evaluation/expected-lift.ts";
import type { FeedbackRow } from "../../../learning/feedback-row.ts";
import type { Network } from "../../../policy/network.ts";
import { groundOf, isUniform, isUntrained } from "../../../policy/network-ground.ts";
import { watchEncoder } from "../../encoder/watch-encoder.ts";
import type { StageClock } from "../../stages/stage-clock.ts";
import { createCatalogueAsOf } from "../../state/catalogue-as-of.ts";
import { knowLogging, loadBeside, loadCarried, loadServed } from "./carried.ts";
import type { CycleOptions } from "./cycle-options.ts";
import type { Findings } from "./findings.ts";
import { followVerdict } from "./follow-verdict.ts";
import { familyOn, improveServing, replayOf } from "./improve-serving.ts";
import { readFeedback } from "./read-feedback.ts";
import { reviewPolicies } from "./review-policies.ts";

/** A cycle's plan and number, and what earlier cycles left to it. */
interface CycleBeginning {
  readonly plan: CyclePlan;
  /** Last event number of earlier cycles, and that of the loop's last start. */
  readonly previous: number;
  readonly start: number;
  readonly cycle: number;
  /** Earlier cycles, newest first. */
  readonly recent: readonly Cycle[];
  /** τ of `spreadOfLifts`. */
  readonly spread: number;
}

/** The feedback, and the assignment, the serving policy and the carried state that it meets; undefined if there is nothing to learn. */
async function readAll(options: CycleOptions, begun: CycleBeginning, stages: StageClock) {
  const { store, scenario, configuration } = options;
  const feedback = await stages.measure("read", () =>
    readFeedback({
      ...begun,
      store,
      catalogueAsOf: createCatalogueAsOf(store.items, configuration.text),
      scenario,
      now: options.clock(),
    }),
  );
  const assignment = await store.policies.assignment(scenario.name);
  const { serving: current } = assignment;
  if (current === undefined || feedback.newDecisions === 0) return undefined;
  const first = await loadServed(store, current);
  if (first === undefined) return undefined;
  const carried = await loadCarried(store, scenario.name);
  return { feedback, assignment, current, first, carried };
}

/** The reason against a canary of the candidate, if there is one. */
function againstCanary(
  { fastLoop }: Scenario,
  serving: Network,
  { isTried, isEncoderDue }: { readonly isTried: boolean; readonly isEncoderDue: boolean },
): Pick<Findings["reviewed"], "noCanary"> {
  if (isEncoderDue) return { noCanary: encoderFirst };
  const isOvertaken = isTried || servesWithLoop(fastLoop, groundOf(serving));
  return isUntrained(serving) && !isOvertaken ? { noCanary: popularityFirst } : {};
}

const isNew = ({ fold }: FeedbackRow) => fold !== "older";

/** Review, improve and gate: all that is found out before anything changes. */
export async function examine(
  options: CycleOptions,
  begun: CycleBeginning,
  stages: StageClock,
): Promise<Findings | undefined> {
  const { store, scenario, seed } = options;
  const { cycle, start, recent, spread, plan } = begun;
  const read = await readAll(options, begun, stages);
  if (read === undefined) return undefined;
  const { feedback, assignment, current, first, carried } = read;
  const family = familyOn(options, first);
  const newestFirst = feedback.rows.toSorted((left, right) => left.age - right.age);
  const know = (version: number, arm: Arm) =>
    stages.measure("score", () =>
      knowLogging(newestFirst, { store, family, replay: replayOf(options) }, { version, arm }),
    );
  const load = (version: number) => loadBeside(store, version);
  const known = await know(current, "serving");
  const evaluation = evaluateServing(feedback.earned, scenario.reward);
  const { critic } = carried;
  const served = { serving: first, critic, family, rows: known.filter(isNew) };
  const { itemRewards, behaviour } = feedback;
  const reviewing = { ...served, assignment, load, spread, itemRewards, behaviour };
  const found = await stages.measure("review", () =>
    reviewPolicies(options, { ...reviewing, evaluation, recent, start }),
  );
  const { serving: version = current } = found.assignment;
  const serving = (version === current ? first : await loadServed(store, version)) ?? first;
  const arm = version === assignment.canary ? "canary" : "serving";
  const rows = version === current ? known : await know(version, arm);
  const isBeaten = found.beaten !== undefined;
  const improved = { cycle, feedback, carried, serving, arm, rows, isBeaten } as const;
  const { improvement, renew } = await improveServing(options, improved, stages);
  const gate = withExpectedLift(improvement.gate, spread);
  const encoderWatch = await stages.measure("encoder", () =>
    watchEncoder(options, serving, found.assignment),
  );
  // If live rewards alone promote, nothing else can take popularity's place.
  const isTried = found.onlyLive !== undefined && gate.verdict === "promote";
  const isEncoderDue = encoderWatch?.isDue === true;
  const reviewed = { ...found, ...againstCanary(scenario, serving, { isTried, isEncoderDue }) };
  const gated = { gate, reviewed, improvement, renew, assignment, ground: groundOf(serving) };
  return {
    scenario,
    seed,
    plan,
    stages,
    feedback: { ...feedback, rows },
    hasStarted: !isUniform(serving),
    evaluation,
    encoderWatch,
    ...gated,
    ...(await followVerdict(options, gated)),
  };
}
