import { expect, onTestFinished, test } from "vitest";
import { openTestEngine } from "../../../tests/support/engine.ts";
import { sampleEvent, sampleItem } from "../../../tests/support/sample.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { train } from "../learner/train.ts";
import { relearn } from "./relearn.ts";
import { loadSpent } from "./spent-budget.ts";

const configuration = {
  scenarios: [
    {
      ...{ name: "play", slateSize: 3, excludeSeen: false },
      reward: { weights: { click: 1 }, windowSeconds: 60, maximum: 1 },
    },
  ],
  privacy: { differential: { epsilon: 8, delta: 1e-5, trainings: 2, samplingRate: 0.05 } },
};

test("the training that follows an erasure is private, and on the account of the budget", async () => {
  const { engine, store, clock, close } = await openTestEngine(configuration);
  onTestFinished(close);
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
  const parsed = parseConfiguration(configuration);
  const parts = {
    ...{ store, clock, configuration: parsed, scenario: parsed.scenarios[0]! },
    ...{ seed: 1, threads: 1, onProgress: () => {} },
  };
  const first = (await train(parts))!.record.privacy!;
  await engine.deleteUser("user-0");
  // The user has been there from the first policy on.
  const policies = { ...store.policies, newestAt: async () => 0 };
  const again = (await relearn({ ...parts, store: { ...store, policies } }))!;
  const { privacy } = again.record;
  expect(privacy).toMatchObject({ budget: 8, delta: 1e-5 });
  expect(privacy!.epsilon).toBeGreaterThan(first.epsilon);
  expect((await loadSpent(store)).trainings).toBe(2);
  const { evidence } = (await store.policies.find(again.candidateVersion!))!;
  expect(evidence).toMatchObject({ privacy: { epsilon: privacy!.epsilon, delta: 1e-5 } });
});
