import { EngineError } from "../../domain/errors.ts";
import type { Scenario } from "../../domain/scenario.ts";
import { createRandom } from "../../numeric/random.ts";
import { createNetwork, type Network } from "../../policy/network.ts";
import { encodeNetwork, initialNetwork, policyShape } from "../../policy/network-policy.ts";
import { encodePopularity, measurePopularity } from "../../policy/popularity.ts";
import type { NewPolicy } from "../../storage/policy-store.ts";
import type { Store } from "../../storage/store.ts";
import type { Configuration } from "../configuration/configuration.ts";

interface Start {
  readonly network: Network;
  readonly reason: string;
}

/**
 * A network that knows nothing, so that every candidate is as likely. The fast loop of ads learns from the first visits on: it begins on
 * one whose states tell the items that a user has liked.
 */
function startOf({ ads, fastLoop }: Scenario): Start {
  const random = createRandom(0);
  if (ads && fastLoop.enabled) {
    const reason = "start of the loop: items like those that a user liked";
    return { network: createNetwork(policyShape, random), reason };
  }
  const reason = "start of the loop: every candidate is equally likely";
  return { network: initialNetwork(random), reason };
}

/**
 * A loop starts with its first network, and a baseline without counts.
 * @throws conflict if another process was quicker
 */
async function startLoop(store: Store, started: Scenario, now: number): Promise<void> {
  const { name: scenario } = started;
  const replaces = await store.policies.assignment(scenario);
  if (replaces.serving !== undefined) return;
  const common = { scenario, status: "serving", createdAt: now } as const;
  const { network, reason } = startOf(started);
  const add: NewPolicy[] = [
    {
      ...common,
      kind: "network",
      bytes: encodeNetwork(network),
      evidence: { reason },
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
  for (const scenario of configuration.scenarios) {
    await startLoop(store, scenario, now).catch((error: unknown) => {
      if (!(error instanceof EngineError && error.code === "conflict")) throw error;
    });
  }
}
