import { expect, onTestFinished, test } from "vitest";
import { openTestEngine } from "../../../tests/support/engine.ts";
import { sampleEvent, sampleItem } from "../../../tests/support/sample.ts";
import { assign, shopSnapshot } from "../../../tests/support/shop.ts";
import { dayMs } from "../../domain/durations.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { runDueCycle } from "../learner/run-due-cycle.ts";
import { train } from "../learner/train.ts";
import { describeOverdue } from "../views/health.ts";
import { findAllPending } from "./learnt-policies.ts";
import { findDuePolicies, relearn } from "./relearn.ts";
import { loadSpent } from "./spent-budget.ts";

const configuration = {
  scenarios: [
    {
      name: "shop",
      slateSize: 3,
      excludeSeen: false,
      reward: { weights: { click: 1 }, windowSeconds: 60, maximum: 1 },
    },
  ],
  privacy: { differential: { epsilon: 8, delta: 1e-5, trainings: 2, samplingRate: 0.05 } },
};

async function openTrained(trainings: number) {
  const privacy = { differential: { ...configuration.privacy.differential, trainings } };
  const opened = await openTestEngine({ ...configuration, privacy });
  onTestFinished(opened.close);
  const { engine, store, clock } = opened;
  await engine.putItems(Array.from({ length: 20 }, (_, item) => sampleItem(`item-${item}`)));
  for (let user = 0; user < 60; user++)
    await engine.record(
      Array.from({ length: 6 }, (_, step) =>
        sampleEvent({
          userId: userId(`user-${user}`),
          itemId: itemId(`item-${10 * (user % 2) + ((user + 3 * step) % 10)}`),
        }),
      ),
    );
  const parsed = parseConfiguration({ ...configuration, privacy });
  const parts = {
    store,
    clock,
    configuration: parsed,
    scenario: parsed.scenarios[0]!,
    seed: 1,
    threads: 1,
    onProgress: () => {},
  };
  const first = (await train(parts))!;
  // Noise without a seed decides whether it serves by itself.
  const before = await store.policies.assignment("shop");
  const serving = first.candidateVersion!;
  const assignment = { ...before, serving, retriever: serving };
  await store.policies.apply({ assign: () => ({ scenario: "shop", assignment }) });
  const erased = await engine.deleteUser("user-0");
  // The user has been there from the first policy on.
  const policies = { ...store.policies, newestAt: async () => 0 };
  return { ...opened, first, erased, parts: { ...parts, store: { ...store, policies } } };
}

test("the training that follows an erasure is private, and on the account of the budget", async () => {
  const { store, parts, first } = await openTrained(2);
  const again = (await relearn(parts))!;
  const { privacy } = again.record;
  expect(privacy).toMatchObject({ budget: 8, delta: 1e-5 });
  expect(privacy!.epsilon).toBeGreaterThan(first.record.privacy!.epsilon);
  expect((await loadSpent(store)).trainings).toBe(2);
  const { evidence } = (await store.policies.find(again.candidateVersion!))!;
  expect(evidence).toMatchObject({ privacy: { epsilon: privacy!.epsilon, delta: 1e-5 } });
});

test("a private policy serves on while the budget is spent, the record says so, and a raised budget replaces it", async () => {
  const { engine, store, parts, erased, clock, advance } = await openTrained(1);
  expect(erased.differential).toEqual({ epsilon: 8, delta: 1e-5 });
  const before = await store.policies.assignment("shop");
  expect(await relearn(parts)).toBeUndefined();
  expect(await findDuePolicies({ ...parts, clock: () => clock() + 99 * dayMs }, "shop")).toBe(
    undefined,
  );
  expect(await store.policies.assignment("shop")).toEqual(before);
  const told =
    /policies 3, 4 of shop may have .* 1 erased user, and stay because the privacy budget/;
  const [pending] = await findAllPending(parts.store, parts.configuration);
  expect(await describeOverdue(parts, pending!, clock())).toEqual([expect.stringMatching(told)]);
  const { decision } = await engine.recommend({ userId: "user-1" });
  expect(decision.policyVersion).toBe(before.serving);
  advance(120);
  expect((await runDueCycle(parts))!.reason).toMatch(told);

  const { differential } = parts.configuration.privacy;
  const raised = { ...differential!, epsilon: 12, trainings: 2 };
  const privacy = { ...parts.configuration.privacy, differential: raised };
  const again = await relearn({ ...parts, configuration: { ...parts.configuration, privacy } });
  expect(again?.record.privacy).toMatchObject({ budget: 12 });
  expect((await store.policies.assignment("shop")).serving).toBe(again?.candidateVersion);
});

test("beside a private policy that stays, policies without its promise are retired", async () => {
  const { store, parts } = await openTrained(1);
  const [canary] = await assign(store, { canary: shopSnapshot() }, { canaryShare: 0.2 });
  const { serving, baseline } = await store.policies.assignment("shop");
  const cycle = (await relearn(parts))!;
  expect(cycle.reason).toMatch(
    new RegExp(`^policies ${canary} are retired; policies ${serving}, ${baseline} of shop`),
  );
  expect(await store.policies.assignment("shop")).toMatchObject({
    serving,
    baseline,
    canaryShare: 0,
  });
  expect((await store.policies.find(canary!))?.status).toBe("retired");
});

test("a policy without the promise of ε is replaced, whatever the budget is", async () => {
  const { store, parts } = await openTrained(1);
  await assign(store, { serving: shopSnapshot() }, { canaryShare: 0 });
  const cycle = (await relearn(parts))!;
  expect(cycle).toMatchObject({
    outcome: "initial",
    reason: expect.stringContaining("every candidate equally likely (the privacy budget is spent"),
  });
});
