import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { openStore } from "../../src/engine/open-store.ts";
import { shopSnapshot } from "../support/shop.ts";
import { createTestFolder } from "../support/store.ts";

const writer = join(import.meta.dirname, "pin-writer.ts");
const enough = 20;

test("an operator's process that is killed leaves every pin whole: who serves is whom the last one on record names", async () => {
  const path = join(createTestFolder(), "recurve.db");
  const store = await openStore(path);
  const made = { kind: "network", status: "held", createdAt: 0, evidence: {} } as const;
  const policy = { ...made, scenario: "shop", bytes: shopSnapshot() };
  await store.policies.apply({ add: [policy, policy] });

  const child = spawn(process.execPath, ["--import", "tsx", writer, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  let acknowledged = 0;
  for await (const line of createInterface({ input: child.stdout! })) {
    acknowledged = Number(line);
    if (acknowledged === enough) child.kill("SIGKILL");
  }
  expect(await exited).toEqual([null, "SIGKILL"]);

  const interventions = await store.interventions.list({ limit: 1000 });
  expect(interventions.length).toBeGreaterThanOrEqual(Math.max(enough, acknowledged));
  const [last] = interventions;
  expect(await store.policies.assignment("shop")).toEqual({
    serving: last!.version,
    retriever: last!.version,
    canaryShare: 0,
    mode: "pinned",
  });
  const statuses = (await store.policies.list({ limit: 9 })).map(({ version, status }) => [
    version,
    status,
  ]);
  expect(new Map(statuses as [number, string][])).toEqual(
    new Map([
      [last!.version!, "serving"],
      [last!.replaced!, "retired"],
    ]),
  );
  await store.close();
});
