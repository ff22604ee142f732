import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStore } from "../../src/engine/open-store.ts";
import { createTestFolder } from "../support/store.ts";
import {
  connect,
  countDecisions,
  eventually,
  fastDemo,
  runRecurve,
  startRecurve,
} from "./recurve.ts";

async function readCounts(folder: string) {
  const store = await openStore(join(folder, "recurve.db"));
  const counts = { decisions: await store.decisions.count(), items: await store.items.count() };
  await store.close();
  return counts;
}

test("start on an empty database plays a demo, stops on Ctrl-C, and goes on with the next start", {
  timeout: 60_000,
}, async () => {
  const folder = createTestFolder();
  const reach = async (decisions: number) => {
    const running = startRecurve(folder, "start", "--port", "0", "--log-format", "text");
    const client = await connect(running);
    await eventually(async () =>
      (await countDecisions(client, "demo")) >= decisions ? true : undefined,
    );
    running.child.kill("SIGINT");
    expect(await running.ended()).toMatchObject({ code: 0 });
    expect(running.output()).not.toMatch(/ended|error|failed/);
    return running.output();
  };
  expect(await reach(50)).toMatch(/simulated users visit and click/);
  const first = await readCounts(folder);
  expect(first).toEqual({ decisions: expect.any(Number), items: 200 });
  expect(first.decisions).toBeGreaterThanOrEqual(50);
  await reach(first.decisions + 20);
});

test("without a demo the scenarios of the defaults are served, and a busy port is named", {
  timeout: 60_000,
}, async () => {
  const folder = createTestFolder();
  const running = startRecurve(folder, "start", "--no-demo", "--port", "0");
  const client = await connect(running);
  const { slate } = await client.recommend({
    userId: "ada",
    scenario: "ads",
    candidates: [{ itemId: "red", features: { colour: "red" } }],
  });
  expect(slate).toEqual([{ itemId: "red", position: 0, propensity: 1 }]);
  expect(await client.getHealth()).toMatchObject({
    status: "ok",
    policyVersions: { items: 1, ads: 3, feed: 5 },
  });
  expect(await client.getReady()).toEqual({ status: "ready" });
  await eventually(async () => (await client.getHealth()).learner.up || undefined);
  const port = new URL(client.url).port;
  expect(await runRecurve(createTestFolder(), "serve", "--port", port)).toEqual({
    code: 1,
    output: `error: port ${port} on 127.0.0.1 is in use; stop the process that uses it, or choose another with --port (port_in_use)\n`,
  });
  running.child.kill("SIGTERM");
  const { code, output } = await running.ended();
  expect(code).toBe(0);
  const lines = output.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
    `listening on ${client.url}`,
    "stopping",
    "stopped; the same command continues from here",
  ]);
  expect((await readCounts(folder)).items).toBe(0);
});

test("a configuration file in the folder is used and named, without a demo", {
  timeout: 60_000,
}, async () => {
  const folder = createTestFolder();
  const [scenario] = fastDemo(300).scenarios;
  writeFileSync(
    join(folder, "recurve.config.ts"),
    `import { defineConfig } from "recurve";
const name: string = "shop";
export default defineConfig({ scenarios: [{ ...${JSON.stringify(scenario)}, name }] });`,
  );
  const running = startRecurve(folder, "start", "--port", "0", "--log-format", "text");
  const client = await connect(running);
  expect(await client.getHealth()).toMatchObject({ status: "ok", policyVersions: { shop: 1 } });
  running.child.kill("SIGTERM");
  expect(await running.ended()).toMatchObject({ code: 0 });
  expect(running.output()).toMatch(/Configuration +\S+recurve\.config\.ts\n/);
  expect(running.output()).not.toMatch(/simulated users|ended|error/);
  expect((await readCounts(folder)).items).toBe(0);
});

const isFull = process.env.RECURVE_FULL !== undefined;

test.skipIf(!isFull)(
  "simulated users and a learner turn the loop: a cycle with its evidence comes by itself (needs RECURVE_FULL)",
  {
    // The learner gives way to whatever else runs, other tests included.
    timeout: 180_000,
  },
  async () => {
    const folder = createTestFolder();
    writeFileSync(join(folder, "fast.json"), JSON.stringify(fastDemo(300)));
    const serving = startRecurve(folder, "serve", "--config", "fast.json", "--port", "0");
    const client = await connect(serving);
    const users = startRecurve(folder, "demo", "--url", client.url);
    const cycle = await eventually(async () => (await client.listCycles()).cycles.at(-1));
    expect(cycle).toMatchObject({
      cycle: 1,
      scenario: "demo",
      policyVersion: 1,
      outcome: expect.toBeOneOf(["promote", "canary", "hold", "not-enough-data"]),
    });
    const { feedback, evaluation } = cycle.record as Record<string, Record<string, number>>;
    expect(feedback!.newDecisions).toBeGreaterThanOrEqual(300);
    expect(evaluation!.meanReward).toBeGreaterThan(0);
    expect(evaluation!.meanReward).toBeLessThan(1);
    await serving.waitFor(new RegExp(`demo cycle 1  ${cycle.outcome} .*reward 0\\.\\d{3}`));
    users.child.kill("SIGTERM");
    expect(await users.ended()).toEqual({ code: 0, output: "" });
    serving.child.kill("SIGINT");
    expect((await serving.ended()).code).toBe(0);
  },
);
