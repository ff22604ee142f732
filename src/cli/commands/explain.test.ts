import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommand } from "../../../tests/support/command.ts";
import {
  ann,
  assign,
  openShop,
  shopConfiguration,
  shopSnapshot,
} from "../../../tests/support/shop.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import { itemId } from "../../domain/ids.ts";

test("a decision is explained in words, or as JSON, and one that was never made is named", async () => {
  const folder = createTestFolder();
  const [path, config] = [join(folder, "shop.db"), join(folder, "shop.json")];
  const scenario = { rules: { filter: "year > 0", pins: [{ itemId: "i-4", position: 1 }] } };
  writeFileSync(config, JSON.stringify(shopConfiguration({ scenario })));
  const { engine, store } = await openShop({ path, scenario });
  await assign(store, { serving: shopSnapshot() });
  await engine.record([{ type: "click", userId: ann, itemId: itemId("i-3") }]);
  const { decision } = await engine.recommend({ userId: ann });
  const recurve = (...words: readonly string[]) =>
    runCommand("explain", ...words, "--database", path, "--config", config);

  const { exitCode, text } = await recurve("d-1");
  expect(exitCode).toBe(0);
  const [first, second, third, moved, ...lines] = text.replaceAll("│", "").split("\n");
  const [head = "", ...rows] = lines.filter((line) => /\w/.test(line));
  expect(first).toBe("decision    d-1, user ann, 2026-03-01T12:00:00.000Z");
  expect(second).toBe(
    `policy      version ${decision.policyVersion}, arm serving of shop, exploration 10 %`,
  );
  expect(third).toBe(
    "candidates  5 candidates of 6 items: 1 left out by rules, 0 seen or repeated, 0 not retrieved",
  );
  expect(moved).toMatch(/^moved by {4}#0 i-3: without them \d.* % of the choices would differ$/);
  expect(head).toMatch(/item +probability +explored +rank +score +head +raised by/);
  expect(rows[0]).toContain(decision.slate[0]);
  expect(rows[1]).toMatch(/i-4 +100 % +0 % +pinned/);
  expect(rows.find((row) => row.includes("#0") && row.includes("click"))).toContain("i-3");

  const json = JSON.parse((await recurve("d-1", "--json")).text);
  expect(json).toEqual(JSON.parse(JSON.stringify(await engine.explainDecision("d-1"))));
  expect(await recurve("d-9")).toEqual({
    exitCode: 1,
    text: expect.stringMatching(/^error: no decision 'd-9'; take .* \(not_found\)\n$/),
  });
});
