import { EngineError } from "../domain/errors.ts";
import type { PolicySnapshot } from "../domain/policy-snapshot.ts";
import { createRandom } from "../numeric/random.ts";
import { encodeNetwork, initialNetwork } from "../policy/network-policy.ts";
import { encodePopularity, measurePopularity } from "../policy/popularity.ts";
import type { NewPolicy, Store } from "../storage/store.ts";
import type { Configuration } from "./configuration.ts";
import { mark, withoutRivals } from "./cycle/take-over.ts";

/**
 * A loop starts with a network that knows nothing, so every candidate is as likely, and a baseline without counts.
 * @throws conflict where another process was quicker
 */
async function startLoop(store: Store, scenario: string, now: number): Promise<void> {
  const replaces = await store.policies.assignment(scenario);
  if (replaces.serving !== undefined) return;
  const common = { scenario, status: "serving", createdAt: now } as const;
  const add: NewPolicy[] = [
    {
      ...common,
      kind: "network",
      bytes: encodeNetwork(initialNetwork(createRandom(0))),
      evidence: { reason: "start of the loop: every candidate is equally likely" },
    },
    {
      ...common,
      kind: "popularity",
      bytes: encodePopularity(measurePopularity(new Map())),
      evidence: { reason: "baseline without counts" },
    },
  ];
  await store.policies.apply({
    add,
    assign: (added) => ({
      scenario,
      assignment: { serving: Number(added[0]), baseline: Number(added[1]), canaryShare: 0 },
      replaces,
    }),
  });
}

/** Every scenario of the configuration has a serving policy and a baseline afterwards. */
export async function ensurePolicies(
  store: Store,
  configuration: Configuration,
  now: number,
): Promise<void> {
  for (const { name } of configuration.scenarios) {
    await startLoop(store, name, now).catch((error: unknown) => {
      if (!(error instanceof EngineError && error.code === "conflict")) throw error;
    });
  }
}

/** Puts the parent of the serving policy back; the one that served becomes `rolled-back`. @throws conflict */
export async function rollBack(store: Store, scenario: string): Promise<PolicySnapshot> {
  const assignment = await store.policies.assignment(scenario);
  const current =
    assignment.serving === undefined ? undefined : await store.policies.find(assignment.serving);
  const parent =
    current?.parent === undefined ? undefined : await store.policies.find(current.parent);
  if (current === undefined || parent === undefined) {
    throw new EngineError(
      "conflict",
      `scenario ${scenario} serves its first policy: there is none to go back to`,
      {
        details: { scenario, serving: assignment.serving },
      },
    );
  }
  await store.policies.apply({
    // A canary was made from what is rolled back, and judged against it.
    statuses: [
      ...mark(current.version, "rolled-back"),
      ...mark(assignment.holdback, "retired"),
      ...mark(assignment.canary, "retired"),
      ...mark(parent.version, "serving"),
    ],
    assign: () => ({
      scenario,
      assignment: { ...withoutRivals(assignment), serving: parent.version },
      replaces: assignment,
    }),
  });
  return { ...parent, status: "serving" };
}
