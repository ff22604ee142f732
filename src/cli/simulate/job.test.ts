import { expect, test } from "vitest";
import { createWorld } from "./job.ts";

const job = {
  seed: 1,
  strategy: "mpo",
  cycles: 4,
  decisionsPerCycle: 50,
  data: "nowhere",
} as const;

test("drift sets in halfway through the job's visits", () => {
  const still = createWorld({ ...job, world: "synthetic", drift: false });
  const drifting = createWorld({ ...job, world: "synthetic", drift: true });
  expect([still.name, drifting.name]).toEqual(["synthetic", "synthetic-drift"]);
  const differs = (turn: number) => {
    const best = still.bestSlate(turn);
    return still.expectedReward(turn, best) !== drifting.expectedReward(turn, best);
  };
  expect([98, 99, 100, 101].map(differs)).toEqual([false, false, true, true]);
});

test("a jester world needs its data, and says where it was looked for", () => {
  expect(() => createWorld({ ...job, world: "jester", drift: false })).toThrow(/nowhere\/jester5k/);
});
