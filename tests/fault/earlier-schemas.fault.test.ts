import { join } from "node:path";
import Database from "libsql";
import { expect, test } from "vitest";
import { userId } from "../../src/domain/ids.ts";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import { openStore } from "../../src/engine/open-store.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { migrations } from "../../src/storage/sqlite/migrations.ts";
import { createTestFolder } from "../support/store.ts";

const now = 1_800_000_000_000;

/** Rows as the first release wrote them; later columns are added by the steps between. */
const firstRows = `
UPDATE event_number SET sequence = 4;
INSERT INTO user_revisions VALUES ('ada', 1, '{"attributes":{"country":"SE"}}');
INSERT INTO item_revisions VALUES ('tea', 2, '{"categories":["drink"],"attributes":{},"available":true}');
INSERT INTO item_revisions VALUES ('pot', 3, '{"categories":[],"attributes":{"size":2},"available":true}');
INSERT INTO events VALUES (4, 'e-1', 'ada', 'tea', 'click', 1, ${now}, NULL);
INSERT INTO cycles VALUES (1, 'items', 'hold', 'too little', NULL, NULL, ${now}, ${now}, 0, '{}');
INSERT INTO decisions
  (sequence, decision_id, user_id, scenario, arm, policy_version, seed, as_of, slate_propensity, exploration,
   decided_at, expires_at, slate, position_propensities, context, candidates)
  VALUES (0, 'd-1', 'ada', 'items', 'serving', 1, 7, 0, 1, 0.1, ${now}, ${now + 1}, '["tea"]', '[1]', '{}', ?);
INSERT INTO rewards VALUES (0, 0, 'click', 1);
`;

/** `["tea"]` in raw deflate, as it is stored. */
const candidates = Buffer.from("8b562a494d548a0500", "hex");

function createDatabase(version: number): string {
  const path = join(createTestFolder(), "recurve.db");
  const file = new Database(path);
  file.exec(migrations[0]!);
  for (const sql of firstRows.split(";").filter((one) => one.trim() !== "")) {
    if (sql.includes("?")) file.prepare(sql).run([candidates]);
    else file.exec(sql);
  }
  for (const migration of migrations.slice(1, version)) file.exec(migration);
  file.exec(`PRAGMA user_version = ${version}; PRAGMA application_id = ${0x52_43_52_56}`);
  file.close();
  return path;
}

test.each(migrations.map((_, index) => index + 1))(
  "a database of schema %i opens with all its rows, and its loop recommends and records",
  async (version) => {
    const store = await openStore(createDatabase(version));
    const engine = await createEngine({
      store,
      configuration: parseConfiguration(),
      clock: () => now + 1000,
      random: createRandom(1),
      createId: () => "d-2",
    });
    expect(await engine.findUser("ada")).toMatchObject({ attributes: { country: "SE" } });
    const items = await engine.listItems();
    expect(items.rows.map(({ itemId }) => itemId)).toEqual(["pot", "tea"]);
    expect(await engine.cycles()).toMatchObject([{ cycle: 1, outcome: "hold" }]);
    const decided = await engine.findDecision("d-1");
    expect(decided?.feedback).toMatchObject({
      decision: { slate: ["tea"], candidates: [{ itemId: "tea" }] },
      rewards: [1],
    });
    expect(await store.users.find(userId("ada"), 1)).toMatchObject({ sequence: 1 });

    // The user has clicked on tea, and sees it no more.
    const { decision } = await engine.recommend({ userId: "ada" });
    expect(decision.slate).toEqual(["pot"]);
    const click = { type: "click", userId: "ada", itemId: "pot", decisionId: "d-2" };
    expect((await engine.record([click])).outcomes).toEqual(["rewarded"]);
    expect((await engine.health()).problems).toEqual([]);
    await engine.close();
    await store.close();
  },
);
