import type { Policy } from "../../policy/policy.ts";
import { assignedVersions } from "../views/list-policies.ts";
import { createPreparation } from "./announcements.ts";
import type { RecommendParts } from "./recommend-parts.ts";
import type { PreparedPolicies, ServingPolicies } from "./serving-policies.ts";
import { warmUp } from "./warm-up.ts";

/** Between looks for policies that are about to answer. */
const lookMs = 1000;

/** The policies that answer now. One that can't be used is left to the first request. */
async function prepareAssigned(
  { store, catalogue, configuration: { scenarios } }: RecommendParts,
  policies: ServingPolicies,
): Promise<void> {
  for (const { name } of scenarios) {
    for (const version of assignedVersions(await store.policies.assignment(name))) {
      const ready = policies
        .get(version)
        .then((policy) => warmUp(policy, { catalogue, scenarios }));
      await ready.catch(() => {});
    }
  }
}

/** For a server that is starting: makes ready the policies that answer, then announced ones until it is stopped. */
export async function startPreparing(
  parts: RecommendParts,
  policies: PreparedPolicies,
): Promise<{ stop(): Promise<void> }> {
  await prepareAssigned(parts, parts.policies);
  return prepareBehind(parts, policies);
}

/** Makes announced policies ready behind the requests. One that can't be made ready is loaded by the first request, which finds the reason. */
function prepareBehind(
  { store, catalogue, configuration, clock }: RecommendParts,
  policies: PreparedPolicies,
): { stop(): Promise<void> } {
  const { scenarios } = configuration;
  const prepare = createPreparation(store, {
    clock,
    prepare: async (checksum, bytes) => {
      await catalogue.refresh(await store.sequence());
      const warm = (policy: Policy) => warmUp(policy, { catalogue, scenarios });
      await policies.prepare(checksum, bytes, warm);
    },
  });
  let running: Promise<void> | undefined;
  const look = () => {
    running ??= prepare()
      .catch(() => {})
      .then(() => {
        running = undefined;
      });
  };
  const timer = setInterval(look, lookMs).unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
