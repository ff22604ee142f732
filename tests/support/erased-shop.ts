import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { audit } from "../../src/engine/audit/audit.ts";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { sampleEvent, sampleUser } from "./sample.ts";
import { assign, openShop, shopConfiguration, shopSnapshot } from "./shop.ts";
import { createTestFolder } from "./store.ts";

/** A user whose id no other text of a record has. */
export const person = "zoë-qk7731";

export const others = ["user-1", "user-2", "user-3"];

/** A shop in a file with friends, in which `person` and others have rows in every table. */
export async function openPeopledShop({
  rest = {},
  scenario = {},
}: {
  readonly rest?: object;
  readonly scenario?: object;
} = {}) {
  const path = join(createTestFolder(), "shop.db");
  const reward = { weights: { click: 1 }, windowSeconds: 60, maximum: 1, viewedType: "view" };
  const shop = { scenario: { reward, social: {}, ...scenario }, rest };
  const opened = await openShop({ ...shop, path });
  const { engine, store, advance } = opened;
  await assign(store, { serving: shopSnapshot() });
  const users = [person, ...others];
  await engine.putUsers(users.map((id) => sampleUser(id, { note: `about ${id}` })));
  await engine.putEdges([
    { userId: person, type: "friend", to: "user-1" },
    { userId: "user-2", type: "follow", to: person },
  ]);
  /** Each user gets a slate, and clicks on its first item. */
  const visit = async (turns: number, visitors: readonly string[] = users) => {
    for (let turn = 0; turn < turns; turn++) {
      for (const user of visitors) {
        const { decision } = await engine.recommend({ userId: user, context: { by: user } });
        const [item = ""] = decision.slate;
        const event = { userId: user, itemId: item, decisionId: decision.decisionId };
        await engine.record([
          { ...event, type: "click", eventId: decision.decisionId },
          { ...event, type: "view" },
        ]);
      }
      advance(1);
    }
  };
  const run = () =>
    audit({ store, configuration: parseConfiguration(shopConfiguration(shop)), limit: 10_000 });
  return {
    ...opened,
    path,
    visit,
    run,
    configuration: parseConfiguration(shopConfiguration(shop)),
  };
}

/** Files of a database that hold a text. */
export const filesWith = (path: string, text: string): readonly string[] =>
  ["", "-wal", "-shm", "-erasures.jsonl"].filter((end) => {
    const file = `${path}${end}`;
    return existsSync(file) && readFileSync(file).includes(text);
  });

/** Rows of events that one commit writes. */
export const manyEvents = (userId: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    event: sampleEvent({ userId: userId as never, eventId: `${userId}/${index}` }),
  }));
