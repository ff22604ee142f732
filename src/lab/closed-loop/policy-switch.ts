import type { ServingPolicies } from "../../engine/serving/serving-policies.ts";
import type { Policy } from "../../policy/policy.ts";

interface Switch {
  readonly policies: ServingPolicies;
  /** Closes the one before. */
  set(policy: Policy): Promise<void>;
}

/** Serves the policy that was set last, under any version. */
export function createSwitch(): Switch {
  let current: Policy | undefined;
  const policies: ServingPolicies = {
    get: async () => {
      if (current === undefined) throw new RangeError("no policy was set yet");
      return current;
    },
    problem: () => undefined,
    close: async () => current?.close(),
  };
  const set = async (policy: Policy) => {
    await current?.close();
    current = policy;
  };
  return { policies, set };
}
