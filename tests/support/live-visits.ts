import { onTestFinished } from "vitest";
import type { Arm } from "../../src/domain/decision.ts";
import { itemId, userId } from "../../src/domain/ids.ts";
import { openStore } from "../../src/engine/open-store.ts";
import { createRandom } from "../../src/numeric/random.ts";
import type { NewPolicy } from "../../src/storage/policy-store.ts";
import type { Store } from "../../src/storage/store.ts";
import { sampleDecision, samplePolicy, sampleReward } from "./sample.ts";

/** A store in memory with these policies, from version 1 on. */
export async function openLiveStore(policies: readonly Partial<NewPolicy>[]): Promise<Store> {
  const store = await openStore(":memory:");
  onTestFinished(() => store.close());
  await store.policies.apply({ add: policies.map((changes) => samplePolicy(changes)) });
  return store;
}

export interface LiveVisits {
  readonly arm: Arm;
  readonly policyVersion: number;
  readonly users: number;
  /** Chance of a click on each visit, which brings the rule's greatest reward. */
  readonly chance: number;
  readonly since: number;
  /** Version that retrieved the candidates, if not all were offered. */
  readonly retriever?: number;
}

/** Five visits of each user with a slate of one. */
export async function visitLive(
  store: Store,
  { arm, policyVersion, users, chance, since, retriever }: LiveVisits,
): Promise<void> {
  const random = createRandom(31).split(`${arm}/${policyVersion}/${since}`);
  const name = `${arm}-${policyVersion}-${since}`;
  const ids = Array.from({ length: users * 5 }, (_, index) => `${name}-${index}`);
  const decisions = ids.map((id, index) =>
    sampleDecision(id, {
      userId: userId(`${arm}-${index % users}`),
      arm,
      policyVersion,
      slate: [itemId("a")],
      decidedAt: since,
      expiresAt: since + 600,
      ...(retriever !== undefined && { retriever }),
    }),
  );
  await Promise.all(decisions.map((decision) => store.decisions.append(decision)));
  const rewarded = ids.filter(() => random.uniform() < chance);
  await store.events.record(rewarded.map((id) => sampleReward(id, { value: 5 })));
}
