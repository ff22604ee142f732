import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { evaluateLog } from "../../src/analysis/off-policy/evaluate-log.ts";
import { openLog } from "../../src/analysis/off-policy/open-log.ts";
import { uniformTarget } from "../../src/analysis/off-policy/target-policy.ts";
import { toDsjson } from "../../src/exchange/bandit/write-dsjson.ts";
import { playShop, shopDecisions } from "../support/played-shop.ts";
import { installPeer } from "../support/python-peer.ts";
import { createTestFolder } from "../support/store.ts";

const rounds = 2 * 150;

test.skipIf(process.env.RECURVE_FULL === undefined)(
  "Vowpal Wabbit learns from the dsjson without a warning, and its estimate of the uniform choice is ours (needs RECURVE_FULL, and Python)",
  { timeout: 1_800_000 },
  async ({ skip }) => {
    const peer = installPeer("vw");
    if (peer === undefined) return skip("vowpalwabbit can't be installed");
    const shop = await playShop({ decisions: rounds / 2 });
    const lines: string[] = [];
    for await (const line of toDsjson(shopDecisions(shop), shop.configuration)) lines.push(line);
    const path = join(createTestFolder(), "shop.dsjson");
    const read = (text: string) => {
      writeFileSync(path, text);
      return JSON.parse(peer.run("read_dsjson.py", path).toString());
    };
    const broken = lines[0]!.replace(/"_label_cost":[^,]+/, '"_label_cost":"none"');
    expect(read(broken + lines.join("")).warnings).not.toEqual([]);
    const found = read(lines.join(""));
    expect(found).toMatchObject({ rounds, warnings: [] });
    const { estimates } = await evaluateLog(await openLog(path), async () => uniformTarget);
    const ips = estimates.find(({ estimator }) => estimator === "ips")!;
    expect(ips.value).toBeGreaterThan(0);
    // No reward is negative, and VW rounds cost, propensity, chance and their product to float32.
    expect(Math.abs(found.loss + ips.value)).toBeLessThan(8 * 2 ** -24 * ips.value);
    return undefined;
  },
);
