import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
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
import { describeAudit } from "./audit.ts";

const nothingRemoved = {
  notDerivable: { erasure: 0, retention: 0 },
  notDerivableIds: [],
  removed: [],
};

test("a clean audit is five lines", () => {
  const clean = {
    decisions: 10_000,
    largestDifference: 2.2e-16,
    armsNotDerivable: 0,
    retrievalsNotDerivable: 0,
    ...nothingRemoved,
    findings: [],
    counts: {},
  };
  expect(describeAudit(clean)).toBe(
    [
      "decisions checked         10,000",
      "largest difference        2.20e-16 (at most 1e-6)",
      "arms not derivable        0",
      "retrievals not derivable  0",
      "findings                  0",
    ].join("\n"),
  );
});

test("the first twenty findings are listed", () => {
  const findings = Array.from({ length: 22 }, (_, n) => ({
    decisionId: `d-${n}`,
    cause: "tampered-row" as const,
    problem: "p",
  }));
  const counts = { "tampered-row": 22 };
  const report = {
    decisions: 30,
    largestDifference: 0.5,
    armsNotDerivable: 0,
    retrievalsNotDerivable: 0,
    ...nothingRemoved,
    findings,
    counts,
  };
  const lines = describeAudit(report).split("\n");
  expect(lines).toHaveLength(5 + 20 + 1);
  expect(lines[4]).toBe("findings                  22 (22 tampered-row)");
  expect([lines[5], lines.at(-2), lines.at(-1)]).toEqual([
    "d-0: tampered-row: p",
    "d-19: tampered-row: p",
    "… and 2 more",
  ]);
});

test("removed rows, and decisions that stood on them, are counted and named", () => {
  const lines = describeAudit({
    decisions: 9,
    largestDifference: 0,
    armsNotDerivable: 0,
    retrievalsNotDerivable: 0,
    findings: [],
    counts: {},
    notDerivable: { erasure: 2, retention: 4 },
    notDerivableIds: ["a", "b", "c", "d", "e", "f"],
    removed: [
      { kind: "erasure", removals: 2, rows: { events: 1200, views: 0 } },
      { kind: "retention", removals: 1, rows: { decisions: 7 } },
    ],
  }).split("\n");
  expect(lines.slice(4)).toEqual([
    "removed by erasure        2 users: 1,200 events",
    "removed by retention      7 decisions",
    "rows they stood on gone   2 by erasure, 4 by retention: a, b, c, d, e, …",
    "findings                  0",
  ]);
});

test("causes are counted apart", () => {
  const counts = { "tampered-row": 2000, "missing-snapshot": 1 };
  expect(
    describeAudit({
      decisions: 3000,
      largestDifference: 0,
      armsNotDerivable: 0,
      retrievalsNotDerivable: 0,
      ...nothingRemoved,
      findings: [],
      counts,
    }),
  ).toContain("findings                  2,001 (2,000 tampered-row, 1 missing-snapshot)\n");
});

/** A record of two decisions, and the command on it: its output and exit code. */
async function openRecord() {
  const folder = createTestFolder();
  const database = join(folder, "recurve.db");
  const config = join(folder, "config.json");
  writeFileSync(config, JSON.stringify(shopConfiguration({})));
  const { store, engine, clock, advance } = await openShop({ path: database });
  await assign(store, { serving: shopSnapshot() });
  await engine.recommend({ userId: ann });
  advance(3600);
  const later = new Date(clock()).toISOString();
  await engine.recommend({ userId: ann });
  await store.close();
  const run = (...options: string[]) =>
    runCommand("audit", "--database", database, "--config", config, ...options);
  const tamper = (sql: string) => {
    const file = new Database(database);
    file.prepare(sql).run();
    file.close();
  };
  return { run, tamper, later };
}

test("the exit code tells a clean record from a changed one, over the time that is asked for", async () => {
  const { run, tamper, later } = await openRecord();
  expect(await run()).toMatchObject({
    exitCode: 0,
    text: expect.stringContaining("decisions checked         2\n"),
  });
  tamper("UPDATE decisions SET slate_propensity = 0.9 WHERE decision_id = 'd-1'");
  const { exitCode, text } = await run();
  expect(exitCode).toBe(1);
  expect(text).toContain("d-1: tampered-row: log propensities differ by");
  expect(text).toMatch(/error: 1 of 2 decisions can't be derived again .* \(audit_failed\)\n$/);
  expect(await run("--from", later)).toMatchObject({
    exitCode: 0,
    text: expect.stringContaining("decisions checked         1\n"),
  });
  expect((await run("--to", later)).exitCode).toBe(1);
});

test.each([
  ["missing-snapshot", "DELETE FROM policy_bytes"],
  ["wrong-snapshot", "UPDATE policy_bytes SET bytes = x'00'"],
])("a %s ends the command with 1", async (cause, sql) => {
  const { run, tamper } = await openRecord();
  tamper(sql);
  const { exitCode, text } = await run();
  expect(exitCode).toBe(1);
  expect(text).toContain(`findings                  2 (2 ${cause})`);
});

test("a range that ends before it begins is refused, since it would always pass", async () => {
  const { run } = await openRecord();
  expect(await run("--from", "2026-03-02", "--to", "2026-03-01")).toEqual({
    exitCode: 1,
    text: "error: --from must be before --to, got 2026-03-02T00:00:00.000Z and 2026-03-01T00:00:00.000Z; swap them (invalid_request)\n",
  });
});
