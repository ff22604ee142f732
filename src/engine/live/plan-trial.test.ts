import { describe, expect, test } from "vitest";
import { openLiveStore, visitLive } from "../../../tests/support/live-visits.ts";
import { shopConfiguration } from "../../../tests/support/shop.ts";
import { openMs } from "../../domain/reward-rule.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { planTrial } from "./plan-trial.ts";

const day = 86_400_000;
const scenario = parseConfiguration(shopConfiguration()).scenarios[0]!;

describe("a canary that starts", () => {
  test("has its deadline by the traffic of the last week", async () => {
    const store = await openLiveStore([{}]);
    const now = 20 * day;
    const window = openMs(scenario.reward);
    const old = { arm: "serving", policyVersion: 1, chance: 0, since: 12 * day } as const;
    await visitLive(store, { ...old, users: 800 });
    const since = now - window - 2 * day;
    await visitLive(store, { arm: "serving", policyVersion: 1, users: 1000, chance: 0.5, since });
    const hour = 3_600_000;
    const days = (now - window - Math.floor(since / hour) * hour) / day;
    const { deadline, plannedError, ...begun } = await planTrial(
      { store, scenario, now },
      { share: 0.1, predicted: 0.1 },
    );
    expect(begun).toEqual({ since: now });
    // Visits bring 5 or nothing; users with five visits each are the clusters, and alike.
    const expected = (2.5 * 7.84) / (0.01 * 0.09) / (5000 / days);
    const planned = (deadline - now - window) / day;
    expect(Math.abs(planned / expected - 1)).toBeLessThan(0.15);
    // The deadline leaves 1/√(2.5 · 7.84) of the predicted lift.
    expect(plannedError).toBeCloseTo(0.1 / Math.sqrt(2.5 * 7.84), 9);
  });

  test("at a new site has four weeks", async () => {
    const scene = { store: await openLiveStore([{}]), scenario, now: 20 * day };
    const window = openMs(scenario.reward);
    const trial = await planTrial(scene, { share: 0.1 });
    expect(trial).toEqual({ since: scene.now, deadline: scene.now + 28 * day + window });
  });
});
