import { join } from "node:path";
import { expect, test } from "vitest";
import { openStore } from "../../src/engine/open-store.ts";
import { builtPackage } from "../support/built-command.ts";
import { createTestFolder } from "../support/store.ts";
import { type RunningRecurve, startNode } from "./recurve.ts";

/** Gives each learner's process id, opens a shop whose cycles come quickly, and goes on as told. */
const program = (continuation: string) => `
  import { subscribe } from "node:diagnostics_channel";
  import { createRecurve, itemId, userId } from "recurve";
  subscribe("child_process", ({ process: child }) =>
    child.once("spawn", () => console.log("learner", child.pid, "runs")));
  let hasLearnt = false;
  const reward = { weights: { click: 1 }, windowSeconds: 0.1, maximum: 1 };
  const recurve = await createRecurve({
    database: process.env.DATABASE,
    configuration: {
      scenarios: [{ name: "shelf", slateSize: 1, excludeSeen: false, reward }],
      learner: { intervalSeconds: 0.2, minDecisions: 60 },
    },
    onCycle: ({ cycle, outcome }) => {
      console.log("cycle", cycle, outcome);
      hasLearnt = true;
    },
    log: { warn: (line) => console.log("warning:", line), error: console.error },
  });
  await recurve.putItems(["tea", "mug"].map((id) => ({
    itemId: itemId(id), categories: [], attributes: {}, available: true,
  })));
  for (let visit = 0; visit < 60; visit++)
    await recurve.recommend({ userId: userId("user-" + visit) });
  ${continuation}
`;

const stayOpen = "setInterval(() => {}, 1000);";

/** A program of a user, below the package as it ships. Its output closes with the last process that holds it. */
function startProgram(database: string, continuation: string): RunningRecurve {
  return startNode(["--input-type=module", "--eval", program(continuation)], {
    cwd: builtPackage(),
    env: { ...process.env, DATABASE: database },
  });
}

const createDatabase = () => join(createTestFolder(), "shop.db");
const waitForLearner = async (running: RunningRecurve, number: number) => {
  const pattern = new RegExp(`(?:learner (\\d+) runs[\\s\\S]*?){${number}}`);
  return Number((await running.waitFor(pattern))[1]);
};

const isFull = process.env.RECURVE_FULL !== undefined;

test.skipIf(!isFull)(
  "a cycle runs beside the program, and close ends the learner (needs RECURVE_FULL)",
  {
    timeout: 180_000,
  },
  async () => {
    const database = createDatabase();
    const running = startProgram(
      database,
      `const timer = setInterval(async () => {
      if (!hasLearnt) return;
      clearInterval(timer);
      await recurve.close();
    }, 100);`,
    );
    const [, outcome] = await running.waitFor(/cycle 1 ([a-z-]+)/);
    const { code, output } = await running.ended();
    expect([code, output]).toEqual([0, expect.not.stringMatching(/warning/)]);
    const store = await openStore(database);
    expect(await store.cycles.list({ limit: 1 })).toMatchObject([{ cycle: 1, outcome }]);
    await store.close();
  },
);

test("a learner that is killed is started again, with a warning", {
  timeout: 120_000,
}, async () => {
  const running = startProgram(createDatabase(), stayOpen);
  process.kill(await waitForLearner(running, 1), "SIGKILL");
  await running.waitFor(/warning: the learner ended by SIGKILL; starting it again in 1 s/);
  expect(await waitForLearner(running, 2)).toBeGreaterThan(0);
});

test("a program that is killed takes its learner along", { timeout: 120_000 }, async () => {
  const running = startProgram(createDatabase(), stayOpen);
  await waitForLearner(running, 1);
  running.child.kill("SIGKILL");
  // Resolves when the learner has let go of the output too.
  expect((await running.ended()).code).toBe("SIGKILL");
});

test("a program that forgets to close ends all the same", { timeout: 120_000 }, async () => {
  const running = startProgram(createDatabase(), "");
  await waitForLearner(running, 1);
  expect(await running.ended()).toMatchObject({ code: 0 });
});

test("a database that the learner can't open is told and tried again", {
  timeout: 120_000,
}, async () => {
  const running = startProgram(
    createDatabase(),
    `import { renameSync, mkdirSync } from "node:fs";
    const { DATABASE } = process.env;
    renameSync(DATABASE, DATABASE + ".away");
    mkdirSync(DATABASE);
    ${stayOpen}`,
  );
  process.kill(await waitForLearner(running, 1), "SIGKILL");
  await running.waitFor(/warning: the learner: cannot open the database .*\(storage_unavailable\)/);
  await running.waitFor(/warning: the learner ended with exit code 1/);
});

test.skipIf(!isFull)(
  "Ctrl-C is the program's business: its learner goes on (needs RECURVE_FULL)",
  {
    // The learner gives way to whatever else runs, other tests included.
    timeout: 180_000,
  },
  async () => {
    const running = startProgram(
      createDatabase(),
      `process.once("SIGINT", async () => {
      for (let visit = 0; visit < 60; visit++)
        await recurve.recommend({ userId: userId("user-" + visit) });
      console.log("interrupted");
    });
    ${stayOpen}`,
    );
    const learner = await waitForLearner(running, 1);
    await running.waitFor(/cycle 1/);
    process.kill(learner, "SIGINT");
    running.child.kill("SIGINT");
    await running.waitFor(/interrupted[\s\S]*cycle 2/);
    expect(running.output()).not.toMatch(/warning/);
  },
);
