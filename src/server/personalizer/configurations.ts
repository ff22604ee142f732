import { z } from "@hono/zod-openapi";
import { repeatsOf } from "../../domain/reward-rule.ts";
import { rewardType } from "../../engine/configuration/compatibility.ts";
import type { RankLoop } from "../../engine/ranks/rank-loop.ts";
import type { LearningMode } from "../../engine/ranks/rank-settings.ts";
import { readBody } from "../request-body.ts";
import { duration, toDuration } from "./durations.ts";
import { personalizerError } from "./errors.ts";
import type { AddPersonalizerRoute, PersonalizerParts } from "./personalizer-routes.ts";
import { parseWire } from "./rank-fields.ts";

const modeNames = { online: "Online", apprentice: "Apprentice" } as const;
const modes: ReadonlyMap<string, LearningMode> = new Map([
  ["Online", "online"],
  ["Apprentice", "apprentice"],
]);

const aggregations = { last: "earliest", sum: "sum", maximum: "max" } as const;

/** The scenario as Personalizer's configuration. Fields that only the file can change, by the file's name for them. */
const fileFields = {
  rewardWaitTime: "reward.windowSeconds",
  defaultReward: "reward.defaultReward",
  rewardAggregation: "reward.repeats.reward",
  explorationPercentage: "exploration",
  modelExportFrequency: "learner.intervalSeconds",
  logRetentionDays: "the record, which is kept whole",
  logMirrorEnabled: "nothing",
  isAutoOptimizationEnabled: "nothing: every cycle of the learner optimises",
} as const;

async function describe(ranks: RankLoop) {
  const { mode, editedAt } = await ranks.settings();
  const { reward, exploration } = ranks.scenario;
  return {
    rewardWaitTime: toDuration(reward.windowSeconds),
    defaultReward: reward.defaultReward,
    rewardAggregation: aggregations[repeatsOf(reward, rewardType)],
    explorationPercentage: exploration,
    modelExportFrequency: toDuration(ranks.lookSeconds),
    logMirrorEnabled: false,
    logRetentionDays: -1,
    ...(editedAt !== undefined && { lastConfigurationEditDate: new Date(editedAt).toISOString() }),
    learningMode: modeNames[mode],
    isAutoOptimizationEnabled: false,
  };
}

const isDuration = (field: string) =>
  field === "rewardWaitTime" || field === "modelExportFrequency";

function isSame(field: string, sent: unknown, own: unknown): boolean {
  if (!isDuration(field)) return sent === own;
  const parsed = duration.safeParse(sent);
  return parsed.success && parsed.data === duration.parse(own);
}

const configuration = z.looseObject({ learningMode: z.string().nullish() });

/** The configuration file is the home of all but the learning mode: another value would have no effect. */
async function change(ranks: RankLoop, body: unknown): Promise<void> {
  const sent = parseWire(configuration, body, "InvalidServiceConfiguration");
  const own: Readonly<Record<string, unknown>> = await describe(ranks);
  for (const [field, home] of Object.entries(fileFields)) {
    const value = sent[field] ?? undefined;
    if (value === undefined || isSame(field, value, own[field])) continue;
    const message = `${field} is ${JSON.stringify(value)}: it follows from ${home} of the server's configuration; leave it at ${JSON.stringify(own[field])}, or change the configuration`;
    throw personalizerError("InvalidServiceConfiguration", message);
  }
  const { learningMode } = sent;
  if (learningMode === undefined || learningMode === null) return;
  const mode = modes.get(learningMode);
  if (mode === undefined) {
    const message = `learningMode is '${learningMode}': send one of ${[...modes.keys()].join(", ")}`;
    throw personalizerError("InvalidLearningModeServiceConfiguration", message);
  }
  if (mode !== (await ranks.settings()).mode) await ranks.changeMode(mode);
}

/** The learner chooses its own settings: the contract names the policy that it has made. */
async function describePolicy({ models, scenario }: RankLoop) {
  const { policy } = await models.read();
  const { version, kind, checksum } = policy;
  const { exploration } = scenario;
  return {
    name: `policy ${version}`,
    arguments: JSON.stringify({ engine: "recurve", version, kind, checksum, exploration }),
  };
}

const contract = z.object({ name: z.string(), arguments: z.string() });

export function addConfigurations(route: AddPersonalizerRoute, { ranks }: PersonalizerParts): void {
  route("GET", "/configurations/service", async (context) => context.json(await describe(ranks)));
  route("GET", "/configurations/policy", async (context) =>
    context.json(await describePolicy(ranks)),
  );
  // v1.0 changes them with PATCH.
  for (const method of ["PUT", "PATCH"] as const) {
    route(method, "/configurations/service", async (context) => {
      await change(ranks, await readBody(context));
      return context.json(await describe(ranks));
    });
    route(method, "/configurations/policy", async (context) => {
      const sent = parseWire(contract, await readBody(context), "InvalidPolicyConfiguration");
      const own = await describePolicy(ranks);
      if (sent.arguments === own.arguments) return context.json(own);
      const message = `arguments can't be changed: the learner chooses its own settings, and no policy of Vowpal Wabbit's; leave them at ${own.arguments}`;
      throw personalizerError("InvalidPolicyConfiguration", message);
    });
  }
  // There are no other settings than the default ones.
  route("DELETE", "/configurations/policy", async (context) =>
    context.json(await describePolicy(ranks)),
  );
}
