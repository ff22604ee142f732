import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommand } from "../../../tests/support/command.ts";
import { openShop, shopConfiguration } from "../../../tests/support/shop.ts";
import { createTestFolder } from "../../../tests/support/store.ts";

test("the command counts what it wrote, one thing in the singular", async () => {
  const folder = createTestFolder();
  const [database, config, runs] = ["shop.db", "config.json", "runs"].map((name) =>
    join(folder, name),
  );
  writeFileSync(config!, JSON.stringify(shopConfiguration()));
  const { store } = await openShop({ path: database!, items: 1 });
  await store.close();
  const files = ["--database", database!, "--config", config!];
  expect(await runCommand("export", "tensorboard", runs!, ...files)).toEqual({
    exitCode: 0,
    text: `0 new cycles and 1 item vector are in ${runs}; look at them with tensorboard --logdir ${runs}\n`,
  });
});
