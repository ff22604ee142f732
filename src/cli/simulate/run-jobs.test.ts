import { expect, test, vi } from "vitest";
import { runJobs } from "./run-jobs.ts";

// Workers are processes of Node.js, which have no TypeScript but by this.
vi.stubEnv("NODE_OPTIONS", "--import tsx");

const settings = { cycles: 1, decisionsPerCycle: 2, drift: false, data: "", seed: 1 } as const;
const play = (job: object) =>
  runJobs([{ world: "synthetic", strategy: "popularity", ...settings, ...job }], {
    workers: 1,
    onCycle: () => {},
  });

test("a defect in a worker has the worker's stack, and an expected failure its code", async () => {
  const defect = await play({ strategy: "thompson" as never }).catch((error: Error) => error);
  expect((defect as Error).stack).toMatch(
    /^RangeError: no strategy thompson\n {4}at .*strategies\.ts/,
  );
  const missing = play({ world: "jester", data: "/nowhere" });
  await expect(missing).rejects.toMatchObject({ code: "not_found" });
});
