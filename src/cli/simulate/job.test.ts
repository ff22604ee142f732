import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createTestFolder } from "../../../tests/support/store.ts";
import { createWorld, strategiesOf } from "./job.ts";

const job = {
  seed: 1,
  strategy: "mpo",
  cycles: 4,
  decisionsPerCycle: 50,
  data: "nowhere",
} as const;

test("drift sets in halfway through the job's visits", async () => {
  const still = await createWorld({ ...job, world: "synthetic", drift: false });
  const drifting = await createWorld({ ...job, world: "synthetic", drift: true });
  expect([still.name, drifting.name]).toEqual(["synthetic", "synthetic-drift"]);
  const differs = (turn: number) => {
    const best = still.bestSlate(turn);
    return still.expectedReward(turn, best) !== drifting.expectedReward(turn, best);
  };
  expect([98, 99, 100, 101].map(differs)).toEqual([false, false, true, true]);
});

test("a jester world needs its data, and says where it was looked for", async () => {
  const world = createWorld({ ...job, world: "jester", drift: false });
  await expect(world).rejects.toThrow(/nowhere\/jester5k/);
});

test("a catalogue world is read from the data set itself, and has as many visits as the loops", async () => {
  const path = join(createTestFolder(), "made.txt");
  const line = (user: number) => `${user} ${Array.from({ length: 12 }, (_, i) => i + 1).join(" ")}`;
  writeFileSync(path, [1, 2, 3, 4, 5, 6, 7].map(line).join("\n"));
  const settings = { ...job, world: "catalogue", drift: false, data: path } as const;
  const world = await createWorld({ ...settings, cycles: 1, decisionsPerCycle: 42 });
  expect(world.users).toHaveLength(7);
  expect(() => world.visit(42)).toThrow("the world has 42 visits");
  await expect(createWorld(settings)).rejects.toThrow(
    "turns is 200: made.txt has 42 interactions that a visit can come before",
  );
  await expect(createWorld({ ...settings, data: "nowhere" })).rejects.toThrow("can't be read");
});

test("each world has its strategies, and the fast loop where asked for", () => {
  expect(strategiesOf("catalogue", true)).toEqual([
    ...["mpo", "frozen", "nightly", "most-consumed", "markov"],
    ...["mpo+fast", "fast"],
  ]);
  expect(strategiesOf("catalogue", false)).not.toContain("fast");
  expect(strategiesOf("jester", true)).toContain("mpo+fast");
});
