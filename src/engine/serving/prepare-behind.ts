import type { Policy } from "../../policy/policy.ts";
import { createPreparation } from "./announcements.ts";
import type { RecommendParts } from "./recommend.ts";
import type { PreparedPolicies } from "./serving-policies.ts";
import { warmUp } from "./warm-up.ts";

/** Between looks for policies that are about to answer. */
const lookMs = 1000;

/** Makes announced policies ready behind the requests. One that can't be made ready is loaded by the first request, which finds the reason. */
export function prepareBehind(
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
