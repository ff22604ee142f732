import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { audit } from "../../src/engine/audit/audit.ts";
import type { Report } from "../bench.ts";
import { openLargeRecord } from "../serve-state/large-shop.ts";
import { percentile } from "../statistics.ts";
import type { ClusteredPolicy } from "./clustered-policy.ts";
import { time } from "./measure-policy.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function memory(): { readonly heap: number; readonly rest: number } {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, rest: arrayBuffers };
}

/** The longest time in which the event loop did nothing else, while something ran. */
async function longestBlock(run: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  let ended = false;
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!ended) setImmediate(look);
  };
  setImmediate(look);
  await run();
  ended = true;
  await new Promise(setImmediate);
  return longest;
}

/** An engine on the whole catalogue: import, start, slates with changes of items in between, and the audit of all. */
export async function measureEngine(
  clustered: ClusteredPolicy,
  { requests, audited }: { readonly requests: number; readonly audited: number },
  report: Report,
): Promise<void> {
  const items = clustered.views.length;
  const before = memory();
  const shop = await openLargeRecord(clustered, requests, clustered.drawHistory);
  const { engine, store, configuration } = shop;
  const open = memory();
  report.figure(`s to import, ${items} items`, shop.importMs / 1000);
  report.figure(`s to start, ${items} items`, shop.startMs / 1000);
  report.figure(
    `bytes of heap an item of the catalogue, ${items} items`,
    (open.heap - before.heap) / items,
  );
  const ask = (index: number) => engine.recommend({ userId: `user-${index % requests}` });
  const first = await time(() => ask(0));
  report.figure(`s of the first slate, ${items} items`, first.ms / 1000);
  const asked = memory();
  report.figure(
    `bytes of heap an item once a policy serves, ${items} items`,
    (asked.heap - before.heap) / items,
  );
  const ms: number[] = [];
  for (let index = 0; index < requests; index++) ms.push((await time(() => ask(index))).ms);
  report.figure(`ms a slate, ${items} items, median`, percentile(ms, 0.5));
  report.figure(`ms a slate, ${items} items, 99 %`, percentile(ms, 0.99));
  const changed: number[] = [];
  const blocks: number[] = [];
  for (let turn = 0; turn < 20; turn++) {
    const { itemId } = clustered.views[(turn * 997) % items]!;
    const attributes = { year: 3000 + turn };
    const row = {
      itemId,
      categories: [`genre-${turn % 3}`],
      attributes,
      available: turn % 4 !== 3,
    };
    await engine.putItems([row, { ...row, itemId: `new-${turn}`, available: true }]);
    blocks.push(await longestBlock(async () => changed.push((await time(() => ask(turn))).ms)));
  }
  report.figure(
    `ms a slate after a change of items, ${items} items, median`,
    percentile(changed, 0.5),
  );
  report.figure(
    `ms a slate after a change of items, ${items} items, 99 %`,
    percentile(changed, 0.99),
  );
  report.figure(
    `ms of the longest block after a change of items, ${items} items, median`,
    percentile(blocks, 0.5),
  );
  const whole = await time(async () => {
    const found = await audit({ store, configuration, limit: audited });
    report.figure(
      `findings of the audit in ${found.decisions} slates, ${items} items`,
      found.findings.length,
    );
  });
  report.figure(`s an audited slate, ${items} items`, whole.ms / 1000 / audited);
  await engine.close();
  await store.close();
}
