import { expect, test } from "vitest";
import { openConnection } from "./connection.ts";
import { checkDatabase, migrate } from "./migrate.ts";
import { migrations } from "./migrations.ts";

test.each(migrations.map((_, version) => version))(
  "a database of version %i is brought up to date, and each step is recorded",
  (version) => {
    const connection = openConnection(":memory:");
    for (const migration of migrations.slice(0, version)) connection.exec(migration);
    connection.exec(`PRAGMA user_version = ${version}`);
    migrate(connection);
    expect(connection.prepare("PRAGMA user_version").get()).toMatchObject({
      user_version: migrations.length,
    });
    expect(connection.prepare("SELECT sequence FROM event_number").get()).toMatchObject({
      sequence: 0,
    });
    checkDatabase(connection, "recurve.db");
    migrate(connection);
    connection.close();
  },
);

test("a step that fails leaves the database at the version before it", () => {
  const connection = openConnection(":memory:");
  connection.exec("CREATE TABLE cycles (taken)");
  expect(() => migrate(connection)).toThrow(/cycles already exists/);
  expect(connection.prepare("PRAGMA user_version").get()).toMatchObject({ user_version: 0 });
  expect(connection.prepare("SELECT name FROM sqlite_schema").all()).toEqual([{ name: "cycles" }]);
  connection.close();
});

test("closed decisions are counted from an index, without their rows", () => {
  const connection = openConnection(":memory:");
  migrate(connection);
  const plan = connection
    .prepare(
      "EXPLAIN QUERY PLAN SELECT count(*) FROM decisions WHERE scenario = 'a' AND sequence > 1 AND expires_at <= 9",
    )
    .all();
  expect(plan).toMatchObject([
    { detail: expect.stringContaining("COVERING INDEX decisions_by_scenario") },
  ]);
  connection.close();
});

test("a present assignment holds from the event number at which assignments began to be kept", () => {
  const connection = openConnection(":memory:");
  const before = migrations.findIndex((migration) => migration.includes("present_assignments"));
  for (const migration of migrations.slice(0, before)) connection.exec(migration);
  connection.exec(`PRAGMA user_version = ${before}`);
  connection.exec("UPDATE event_number SET sequence = 41");
  connection.exec(
    "INSERT INTO assignments (scenario, canary_share, mode) VALUES ('a', 0.2, 'ask')",
  );
  migrate(connection);
  expect(connection.prepare("SELECT * FROM assignments").get()).toMatchObject({
    scenario: "a",
    sequence: 41,
    canary_share: 0.2,
    mode: "ask",
  });
  connection.close();
});

test("the policies that served retrieve, but for a loop's start, which ranks nothing", () => {
  const connection = openConnection(":memory:");
  const before = migrations.findIndex((migration) => migration.includes("COLUMN retriever"));
  for (const migration of migrations.slice(0, before)) connection.exec(migration);
  connection.exec(`PRAGMA user_version = ${before}`);
  for (const [version, parent] of [
    [1, "NULL"],
    [2, "1"],
  ])
    connection.exec(
      `INSERT INTO policy_snapshots VALUES (${version}, 'a', 'network', 'serving', ${parent}, 0, '', 0, '{}')`,
    );
  for (const version of [1, 2])
    connection.exec(
      `INSERT INTO assignments (scenario, sequence, serving, canary_share) VALUES ('a', ${version}, ${version}, 0)`,
    );
  migrate(connection);
  const rows = connection.prepare("SELECT retriever FROM assignments ORDER BY sequence").all();
  expect(rows.slice(0, 2)).toMatchObject([{ retriever: null }, { retriever: 2 }]);
  connection.close();
});

test("loops whose policies can't be read start anew, in the mode of their promotions", () => {
  const connection = openConnection(":memory:");
  const before = migrations.findIndex((migration) => migration.includes("TABLE encoders"));
  for (const migration of migrations.slice(0, before)) connection.exec(migration);
  connection.exec(`PRAGMA user_version = ${before}`);
  connection.exec(`
    UPDATE event_number SET sequence = 7;
    INSERT INTO policy_snapshots VALUES (1, 'a', 'network', 'serving', NULL, 0, '', 0, '{}');
    INSERT INTO assignments (scenario, sequence, serving, canary_share, mode) VALUES ('a', 5, 1, 0.1, 'paused');
    INSERT INTO checkpoints VALUES ('critic/a', x'00'), ('meta-policy/a', x'01');`);
  migrate(connection);
  const read = (sql: string) => connection.prepare(sql).all();
  const assignments =
    "SELECT sequence, serving, canary_share, mode FROM assignments ORDER BY sequence";
  expect(read(assignments)).toMatchObject([
    { sequence: 5, serving: 1 },
    { sequence: 8, serving: null, canary_share: 0, mode: "paused" },
  ]);
  expect(read("SELECT sequence FROM event_number")).toMatchObject([{ sequence: 8 }]);
  expect(read("SELECT status FROM policy_snapshots")).toMatchObject([{ status: "retired" }]);
  expect(read("SELECT name, part, hex(bytes) AS bytes FROM checkpoints")).toMatchObject([
    { name: "meta-policy/a", part: 0, bytes: "01" },
  ]);
  connection.close();
});
