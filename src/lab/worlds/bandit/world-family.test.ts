import { expect, test } from "vitest";
import { driftKinds } from "./bandit-options.ts";
import { createBanditWorld } from "./bandit-world.ts";
import { drawMember, heldOutFamily, trainingFamily, type WorldFamily } from "./world-family.ts";

const names = Object.keys(trainingFamily) as (keyof WorldFamily)[];

test.each([
  ["training", trainingFamily],
  ["held-out", heldOutFamily],
])("members of the %s family are within its ranges, and worlds", (_, family) => {
  const members = Array.from({ length: 40 }, (__, seed) => drawMember(family, seed, 6));
  for (const { options, visitsPerCycle } of members) {
    const drawn: Record<string, unknown> = { ...options, visitsPerCycle };
    for (const name of names) {
      expect(drawn[name]).toBeGreaterThanOrEqual(family[name].low - 0.5);
      expect(drawn[name]).toBeLessThanOrEqual(family[name].high + 0.5);
    }
  }
  const kinds = new Set(members.map(({ options }) => options.drift));
  expect(kinds.size).toBe(driftKinds.length);
  const { options } = members[0]!;
  expect(createBanditWorld(options).items).toBeGreaterThanOrEqual(options.items ?? 0);
});

test("every range of the held-out worlds is shifted against those of training", () => {
  for (const name of names) {
    expect(heldOutFamily[name].low).toBeGreaterThan(trainingFamily[name].low);
    expect(heldOutFamily[name].high).not.toBe(trainingFamily[name].high);
  }
});

test("the same seed gives the same world, another seed another one", () => {
  expect(drawMember(trainingFamily, 3, 6)).toEqual(drawMember(trainingFamily, 3, 6));
  expect(drawMember(trainingFamily, 3, 6)).not.toEqual(drawMember(trainingFamily, 4, 6));
});
