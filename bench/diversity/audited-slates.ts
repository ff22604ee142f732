import { itemId, userId } from "../../src/domain/ids.ts";
import { type AuditReport, audit } from "../../src/engine/audit/audit.ts";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import { openStore, type Store } from "../../src/engine/open-store.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { encodeNetwork } from "../../src/policy/network-policy.ts";
import { encodePopularity } from "../../src/policy/popularity.ts";
import { popularityNetwork } from "../../src/policy/popularity-network.ts";
import type { WorldItem } from "./intent-world.ts";

const scenario = "items";
const users = 200;
const [slateSize, maxCandidates] = [10, 100];

/** Diversity beside pins, boosts, caps and retrieval. */
const configurationOf = (diversity: number) =>
  parseConfiguration({
    uniformShare: 0.1,
    baselineShare: 0.1,
    canaryShare: 0.3,
    scenarios: [
      {
        name: scenario,
        slateSize,
        maxCandidates,
        excludeSeen: true,
        rules: {
          diversity,
          boosts: [{ filter: "language = 'fr'", add: 0.5 }],
          pins: [{ itemId: "item-7", position: 2 }],
          caps: [{ by: "studio", most: 2 }],
        },
        reward: { weights: { click: 1 }, windowSeconds: 600, maximum: 1 },
      },
    ],
  });

const popularityOf = (items: readonly WorldItem[], seed: number) => {
  const random = createRandom(seed);
  const scores = new Map(items.map(({ facts }) => [itemId(facts.itemId), random.uniform() / 5]));
  return { scores, mean: 0.1 };
};

/** A serving policy, a canary that prefers other items, and the baseline. */
async function assignPolicies({ policies }: Store, items: readonly WorldItem[]): Promise<void> {
  const common = { scenario, createdAt: 1, evidence: { reason: "bench" } };
  const networks = [1, 2].map((seed) => {
    const start = { slateSize, maxCandidates, random: createRandom(seed) };
    const bytes = encodeNetwork(popularityNetwork(popularityOf(items, seed), start));
    return { ...common, kind: "network", status: "serving", bytes } as const;
  });
  const bytes = encodePopularity(popularityOf(items, 3));
  await policies.apply({
    add: [...networks, { ...common, kind: "popularity", status: "serving", bytes }],
    assign: ([serving = 0, canary = 0, baseline = 0]) => ({
      scenario,
      assignment: { serving, retriever: serving, canary, canaryShare: 0.3, baseline },
    }),
  });
}

/** Decisions of an engine with several arms and histories that grow, derived again by the audit. */
export async function auditSlates(
  items: readonly WorldItem[],
  { slates, diversity }: { readonly slates: number; readonly diversity: number },
): Promise<AuditReport & { readonly arms: number }> {
  const store = await openStore(":memory:");
  const configuration = configurationOf(diversity);
  const random = createRandom(88);
  let [now, ids] = [1, 0];
  const engine = await createEngine({
    store,
    configuration,
    clock: () => now,
    random: random.split("engine"),
    createId: () => `slate-${++ids}`,
  });
  try {
    await engine.putItems(items.map(({ facts: { createdAt, ...facts } }) => facts));
    await assignPolicies(store, items);
    const arms = new Set<string>();
    for (let turn = 0; turn < slates; turn++) {
      const user = userId(`user-${turn % users}`);
      const { decision } = await engine.recommend({ userId: user });
      arms.add(decision.arm);
      const clicked = decision.slate[random.integer(decision.slate.length)]!;
      await engine.record([{ type: "click", userId: user, itemId: clicked }]);
      now += 1000;
    }
    return { ...(await audit({ store, configuration })), arms: arms.size };
  } finally {
    await engine.close();
    await store.close();
  }
}
