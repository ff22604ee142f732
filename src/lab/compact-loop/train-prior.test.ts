import { expect, test } from "vitest";
import { decodePrior } from "../../mpo/meta-prior.ts";
import { createBanditWorld } from "../worlds/bandit/bandit-world.ts";
import { drawMember, trainingFamily } from "../worlds/bandit/world-family.ts";
import { trainPrior } from "./train-prior.ts";

const train = (seed: number, onWorld: (done: number) => void = () => {}) =>
  trainPrior({
    draw: (one) => ({
      world: createBanditWorld({
        ...drawMember(trainingFamily, one, 2).options,
        items: 12,
        candidates: 4,
        users: 40,
      }),
      visitsPerCycle: 60,
    }),
    worlds: 2,
    seed,
    cycles: 2,
    onWorld,
  });

test("a prior is fitted to worlds, the same from the same seed", async () => {
  const told: number[] = [];
  const prior = await train(1, (done) => told.push(done));
  expect(told).toEqual([1, 2]);
  expect(prior).toMatchObject({ version: 1, worlds: 2, seed: 1, cycles: 2 });
  expect(() => decodePrior(prior)).not.toThrow();
  expect(prior.mean.some((value) => value !== 0)).toBe(true);
  expect(await train(1)).toEqual(prior);
});
