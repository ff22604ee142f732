import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { EngineError } from "../../domain/errors.ts";
import { boolean, name } from "../../engine/input/fields.ts";
import {
  type PolicySums,
  type RankPolicy,
  rankPolicies,
} from "../../engine/ranks/evaluate-ranks.ts";
import type { StoredEvaluation } from "../../engine/ranks/evaluations.ts";
import type { ServerEnv } from "../app.ts";
import { parseIsoTime } from "../parse-iso-time.ts";
import { readBody } from "../request-body.ts";
import { personalizerError } from "./errors.ts";
import type { AddPersonalizerRoute, PersonalizerParts } from "./personalizer-routes.ts";
import { parseWire } from "./rank-fields.ts";

const time = z
  .string("must be a time")
  .transform(parseIsoTime)
  .refine(
    (milliseconds) => Number.isFinite(milliseconds),
    "must be a time such as 2026-03-01T12:00:00Z",
  );
const contract = z.object({
  name,
  startTime: time,
  endTime: time,
  enableOfflineExperimentation: boolean.nullish(),
  policies: z.array(z.unknown()).nullish(),
});
const reference = z.object({ evaluationId: name, policyName: z.string() });

const sources = { online: "Online", baseline: "Baseline", random: "Random" } as const;
const meanings: Readonly<Record<RankPolicy, string>> = {
  online: "the logged rewards",
  baseline: "the caller's first action",
  random: "every action alike",
};

/** Half the width of the 95 % interval of the mean of w·r. */
function halfWidth({ decisions, weightedRewards, squares }: PolicySums): number {
  const mean = weightedRewards / decisions;
  return 1.96 * Math.sqrt(Math.max(0, squares / decisions - mean ** 2) / decisions);
}

const toSummary = (from: number, window: string, sums: PolicySums) => ({
  timeStamp: new Date(from).toISOString(),
  ipsEstimatorNumerator: sums.weightedRewards,
  ipsEstimatorDenominator: sums.decisions,
  snipsEstimatorDenominator: sums.weights,
  aggregateTimeWindow: window,
  nonZeroProbability: sums.supported / sums.decisions,
  sumOfSquares: sums.squares,
  confidenceInterval: halfWidth(sums),
  averageReward: sums.weightedRewards / sums.decisions,
});

function toEvaluation(evaluation: StoredEvaluation) {
  const { id, from, to, createdAt, result } = evaluation;
  const policyResults = rankPolicies.map((policy) => ({
    name: sources[policy],
    arguments: meanings[policy],
    policySource: sources[policy],
    summary: result.hours.map(([hour, sums]) => toSummary(hour, "PT1H", sums[policy])),
    totalSummary: toSummary(from, "PT1H", result.total[policy]),
  }));
  return {
    id,
    name: evaluation.name,
    jobId: id,
    status: "completed",
    evaluationType: "Manual",
    startTime: new Date(from).toISOString(),
    endTime: new Date(to).toISOString(),
    creationTime: new Date(createdAt).toISOString(),
    policyResults,
  };
}

const refuse = (message: string) => personalizerError("InvalidEvaluationContract", message);

function parseContract(body: unknown) {
  const asked = parseWire(contract, body, "InvalidEvaluationContract");
  if (asked.endTime <= asked.startTime) throw refuse("endTime must be after startTime");
  if (asked.policies && asked.policies.length > 0)
    throw refuse("policies of Vowpal Wabbit can't be evaluated; send an empty list");
  if (asked.enableOfflineExperimentation)
    throw refuse(
      "enableOfflineExperimentation is true: every cycle of the learner experiments; send false",
    );
  return { name: asked.name, from: asked.startTime, to: asked.endTime };
}

export function addEvaluations(route: AddPersonalizerRoute, { ranks }: PersonalizerParts): void {
  const { evaluations } = ranks;
  const absent = (id: string) =>
    personalizerError("EvaluationNotFound", `no evaluation '${id}'`, "not_found");
  const idOf = (context: Context<ServerEnv>) =>
    parseWire(name, context.req.param("evaluationId"), "BadRequest");
  const create = async (body: unknown) => {
    const made = await evaluations.create(parseContract(body)).catch((error: unknown) => {
      if (!(error instanceof EngineError) || error.code !== "payload_too_large") throw error;
      throw personalizerError("LogsSizeExceedAllowedLimit", error.message);
    });
    if (made !== undefined) return made;
    const message =
      "no event in this time has waited for its rewards to the end; evaluate another time";
    throw personalizerError("NoLogsExistInDateRange", message);
  };
  route("POST", "/evaluations", async (context) => {
    const made = await create(await readBody(context));
    const url = new URL(context.req.url);
    context.header("location", `${url.origin}${url.pathname}/${made.id}`);
    return context.json(toEvaluation(made), 201);
  });
  route("GET", "/evaluations", async (context) =>
    context.json((await evaluations.list()).map(toEvaluation)),
  );
  route("GET", "/evaluations/:evaluationId", async (context) => {
    const id = idOf(context);
    const found = await evaluations.find(id);
    if (found === undefined) throw absent(id);
    return context.json(toEvaluation(found));
  });
  route("DELETE", "/evaluations/:evaluationId", async (context) => {
    const id = idOf(context);
    if (!(await evaluations.delete(id))) throw absent(id);
    return context.body(null, 204);
  });
  route("POST", "/configurations/applyFromEvaluation", async (context) => {
    const { evaluationId, policyName } = parseWire(
      reference,
      await readBody(context),
      "BadRequest",
    );
    if ((await evaluations.find(evaluationId)) === undefined) throw absent(evaluationId);
    // It serves already.
    if (policyName === sources.online) return context.body(null, 204);
    if (policyName === sources.baseline || policyName === sources.random)
      throw personalizerError(
        "InvalidPolicyConfiguration",
        `${policyName} can't serve; send Online`,
      );
    const message = `the evaluation has no policy '${policyName}'; send Online`;
    throw personalizerError("LearningSettingsNotFound", message, "not_found");
  });
}
