import { expect, test } from "vitest";
import { runClosedLoop } from "../../src/lab/closed-loop/closed-loop.ts";
import { createWalk } from "../support/walk.ts";

const decisionsPerCycle = 50;
/** With 24 events each, of which about half are there when the loop begins: more than 10,000. */
const walkers = 850;

test.skipIf(process.env.RECURVE_LONG === undefined)(
  "the laboratory's MPO tries a first encoder as soon as there is enough behaviour (needs RECURVE_LONG)",
  { timeout: 600_000 },
  async () => {
    const world = await createWalk(decisionsPerCycle, walkers);
    const shape = { cycles: 1, decisionsPerCycle, seed: 3, threads: 1 };
    const [played] = await runClosedLoop({ ...shape, world, strategy: "mpo" });
    expect(played!.note).toMatch(", a first encoder: canary");
  },
);
