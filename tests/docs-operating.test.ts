import { join } from "node:path";
import { expect, test } from "vitest";
import type { Store } from "../src/storage/store.ts";
import { runCommand } from "./support/command.ts";
import { readDocument } from "./support/documents.ts";
import { openTestEngine } from "./support/engine.ts";
import { openTestServer } from "./support/server.ts";
import { shopSnapshot } from "./support/shop.ts";
import { createTestFolder } from "./support/store.ts";

const { text } = readDocument("docs/guides/operating.md");

/** Policies up to version 12, of which 7 serves and 12 waits: those that the guide speaks of. */
async function addPolicies({ policies }: Store): Promise<void> {
  const made = { kind: "network", status: "held", createdAt: 0, parent: 1, evidence: {} } as const;
  const add = Array.from({ length: 6 }, () => ({
    ...made,
    scenario: "items",
    bytes: shopSnapshot(),
  }));
  await policies.apply({ add });
}

const stand = ({ policies }: Store) =>
  policies.apply({
    assign: () => ({
      scenario: "items",
      assignment: { serving: 7, baseline: 2, waiting: 12, canaryShare: 0 },
    }),
  });

test("the commands of the operating guide do what it says", async () => {
  const path = join(createTestFolder(), "recurve.db");
  const { engine, store, close } = await openTestEngine(undefined, path);
  await addPolicies(store);
  const commands = [...text.matchAll(/^recurve (.+)$/gm)].map(([, words = ""]) =>
    [...words.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ""),
  );
  expect(commands.length).toBeGreaterThan(6);
  for (const words of commands) {
    await stand(store);
    const named = words.includes("--database") ? words.slice(0, -2) : words;
    const { exitCode, text: printed } = await runCommand(...named, "--database", path);
    expect([words, exitCode, printed]).toEqual([words, 0, expect.stringContaining("items")]);
  }
  const done = (await engine.interventions({ limit: 99 })).map(({ kind }) => kind).toReversed();
  expect(done).toEqual(["roll-back", "pause", "ask", "approve", "reject", "pin", "resume"]);
  await close();
});

test("the requests of the operating guide are answered", async () => {
  const { send, store } = await openTestServer();
  await addPolicies(store);
  const requests = [...text.matchAll(/^curl -X POST \S+?:\d+(\S+) [\s\S]*?-d '(.+)'$/gm)];
  expect(requests).toHaveLength(3);
  for (const [, url = "", body] of requests) {
    await stand(store);
    expect([url, (await send("POST", url, body)).status]).toEqual([url, 200]);
  }
});
