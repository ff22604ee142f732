import { EngineError } from "../../domain/errors.ts";
import { createRandom } from "../../numeric/random.ts";
import { encodeNetwork, initialNetwork } from "../../policy/network-policy.ts";
import { encodePopularity, measurePopularity } from "../../policy/popularity.ts";
import type { NewPolicy, Store } from "../../storage/store.ts";
import type { Configuration } from "../configuration/configuration.ts";

/**
 * A loop starts with a network that knows nothing, so every candidate is as likely, and a baseline
 * without counts.
 * @throws conflict if another process was quicker
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
      assignment: { ...replaces, serving: Number(added[0]), baseline: Number(added[1]) },
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
