import type { Configuration } from "../../engine/configuration/configuration.ts";
import { openStore, type Store } from "../../engine/open-store.ts";
import { findAllPending } from "../../engine/privacy/learnt-policies.ts";
import { loadSpent, planNext, spentEpsilon } from "../../engine/privacy/spent-budget.ts";
import { createServingPolicies } from "../../engine/serving/serving-policies.ts";
import { cycleProblems, describeOverdue } from "../../engine/views/health.ts";
import { assignedVersions } from "../../engine/views/list-policies.ts";
import { findStarvation, readLastCycles, readLearnerHealth } from "../../engine/views/liveness.ts";
import { formatCounted, formatSeconds } from "../../numeric/format.ts";
import { chooseConfiguration } from "../database.ts";
import { describeEpsilon } from "../evaluate/describe-privacy.ts";
import { checkExposure } from "../host.ts";
import { type Check, type DoctorOptions, look, problem, well } from "./check.ts";

interface Parts {
  readonly options: DoctorOptions;
  readonly store: Store;
  readonly configuration: Configuration;
}

async function checkLearner({ store, configuration }: Parts): Promise<Check> {
  const parts = { store, configuration, clock: Date.now };
  const learner = await readLearnerHealth(parts, await readLastCycles(parts));
  const { up, heartbeatAgeSeconds: age } = learner;
  const seen =
    age === undefined ? "no learner has ever been seen" : `seen ${formatSeconds(age)} ago`;
  if (!up)
    return problem(
      "learner",
      `${seen}: start recurve serve or recurve learn, and look into its log`,
    );
  const starved = findStarvation(learner, configuration.learner, Number.POSITIVE_INFINITY);
  if (starved !== undefined) return problem("learner", starved);
  const waiting = Object.entries(learner.waitingDecisions);
  const counts = waiting.map(([scenario, count]) => `${count} of ${scenario}`).join(", ");
  return well("learner", `${seen}; decisions that wait to be learnt: ${counts}`);
}

async function checkCycles(parts: Parts): Promise<Check> {
  const last = await readLastCycles(parts);
  const problems = last.flatMap(cycleProblems);
  if (problems.length > 0) return problem("cycles", problems.join("; "));
  return well(
    "cycles",
    last.length === 0 ? "none has ended yet" : "the last of each scenario came to a verdict",
  );
}

async function checkErasures({ store, configuration }: Parts): Promise<Check> {
  const pending = await findAllPending(store, configuration);
  const parts = { store, configuration };
  const overdue = (
    await Promise.all(pending.map((one) => describeOverdue(parts, one, Date.now())))
  ).flat();
  const unfinished = (await store.erasures.unfinished()).length;
  if (overdue.length > 0) return problem("erasures", overdue.join("; "));
  if (unfinished > 0)
    return problem(
      "erasures",
      `${unfinished} were broken off: recurve learn or recurve serve completes them`,
    );
  const learnt = pending.map(
    ({ scenario, versions, erasures }) =>
      `policies ${versions.join(", ")} of ${scenario} are still to forget ${formatCounted(erasures, "erased user")}`,
  );
  return well("erasures", learnt.join("; ") || "no policy in use has learnt from an erased user");
}

async function checkPolicies({ store, configuration }: Parts): Promise<Check> {
  const policies = createServingPolicies(store.policies);
  try {
    let count = 0;
    for (const { name } of configuration.scenarios) {
      for (const version of assignedVersions(await store.policies.assignment(name))) {
        await policies.get(version);
        count += 1;
      }
    }
    return well("policies", `${count} in use, all readable`);
  } finally {
    await policies.close();
  }
}

/** A budget that is spent stops encoders, but nothing else. */
async function checkPrivacy({ store, configuration }: Parts): Promise<Check> {
  const { differential } = configuration.privacy;
  if (differential === undefined) return well("privacy", "trainings have no differential privacy");
  const spent = await loadSpent(store);
  const { epsilon: budget, delta, trainings } = differential;
  const epsilon = spentEpsilon(spent, delta);
  planNext(spent, differential);
  return well(
    "privacy",
    `${describeEpsilon({ epsilon, delta })} of a budget of ${budget} is spent, by ${formatCounted(spent.trainings, "training")} of ${trainings}`,
  );
}

async function checkKeys({ options: { host }, store, configuration }: Parts): Promise<Check> {
  return well(
    "access",
    (await checkExposure(store, configuration, host)) ?? `${host} is this machine's alone`,
  );
}

/** Looks at the loop in a record whose file and configuration are well. */
export async function checkRecord(options: DoctorOptions): Promise<readonly Check[]> {
  const store = await openStore(options.database);
  try {
    const { configuration } = await chooseConfiguration(store, options.config);
    const parts = { options, store, configuration };
    return [
      await look("access", () => checkKeys(parts)),
      await look("policies", () => checkPolicies(parts)),
      await look("learner", () => checkLearner(parts)),
      await look("cycles", () => checkCycles(parts)),
      await look("erasures", () => checkErasures(parts)),
      await look("privacy", () => checkPrivacy(parts)),
    ];
  } finally {
    await store.close();
  }
}
