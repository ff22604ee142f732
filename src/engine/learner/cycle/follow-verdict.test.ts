import { expect, test } from "vitest";
import { openShop } from "../../../../tests/support/shop.ts";
import type { Assignment } from "../../../domain/policy-snapshot.ts";
import type { CycleOptions } from "./cycle-options.ts";
import type { Findings } from "./findings.ts";
import { followMode } from "./follow-verdict.ts";

const begun: Assignment = { serving: 1, canaryShare: 0, baseline: 2 };

test.each<[string, Assignment, Assignment, Assignment]>([
  [
    "the review gave users to another policy",
    begun,
    { ...begun, retriever: 1 },
    { ...begun, mode: "paused" },
  ],
  [
    "an operator ended a pin",
    { ...begun, mode: "pinned" },
    { ...begun, mode: "pinned" },
    { ...begun },
  ],
  ["an operator pinned the serving policy", begun, begun, { ...begun, mode: "pinned" }],
  ["the assignment is the same", begun, begun, begun],
])("no findings follow another mode if %s", async (_, assignment, reviewed, present) => {
  const { store } = await openShop();
  await store.policies.apply({ assign: () => ({ scenario: "shop", assignment: present }) });
  const findings = { scenario: { name: "shop" }, assignment, reviewed: { assignment: reviewed } };
  const followed = followMode({ store } as CycleOptions, findings as Findings);
  expect(await followed).toBeUndefined();
});
