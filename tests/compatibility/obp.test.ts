import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { evaluateLog } from "../../src/analysis/off-policy/evaluate-log.ts";
import { openLog } from "../../src/analysis/off-policy/open-log.ts";
import { summariseLog } from "../../src/analysis/off-policy/summarise-log.ts";
import { uniformTarget } from "../../src/analysis/off-policy/target-policy.ts";
import { toDsjson } from "../../src/exchange/bandit/write-dsjson.ts";
import { toObp } from "../../src/exchange/bandit/write-obp.ts";
import { writeFolder } from "../../src/exchange/onnx-export/write-folder.ts";
import { playShop, shopDecisions } from "../support/played-shop.ts";
import { installPeer } from "../support/python-peer.ts";
import { createTestFolder } from "../support/store.ts";

test.skipIf(process.env.RECURVE_FULL === undefined)(
  "Open Bandit Pipeline gives our values on the exported arrays, to 1e-9 (needs RECURVE_FULL, and Python)",
  { timeout: 1_800_000 },
  async ({ skip }) => {
    const peer = installPeer("obp", "--no-deps", "--ignore-requires-python");
    if (peer === undefined) return skip("obp can't be installed");
    const shop = await playShop({ decisions: 150 });
    const folder = createTestFolder();
    await writeFolder(join(folder, "obp"), toObp(shopDecisions(shop)).files);
    const lines: string[] = [];
    for await (const line of toDsjson(shopDecisions(shop), shop.configuration)) lines.push(line);
    writeFileSync(join(folder, "shop.dsjson"), lines.join(""));
    const log = await openLog(join(folder, "shop.dsjson"));
    const { actions, table } = await summariseLog(log);
    const predictions = Object.fromEntries(actions.map((item) => [item, table.predict(0, item)]));
    writeFileSync(join(folder, "rewards.json"), JSON.stringify(predictions));
    const found = JSON.parse(
      peer.run("read_obp.py", join(folder, "obp"), join(folder, "rewards.json")).toString(),
    );
    expect(found.shapes).toEqual({ context: [300, 32], action_context: [6, 32], action: [300] });
    const { estimates } = await evaluateLog(log, async () => uniformTarget);
    for (const [name, theirs] of Object.entries({ ips: "ipw", snips: "snipw", dr: "dr" })) {
      const { value } = estimates.find(({ estimator }) => estimator === name)!;
      expect(value, name).toBeGreaterThan(0);
      expect(Math.abs(found.values[theirs] - value), name).toBeLessThan(1e-9);
    }
    return undefined;
  },
);
