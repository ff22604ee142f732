import { expect, test } from "vitest";
import { openAuditedShop } from "../../../tests/support/audited-shop.ts";
import { ann } from "../../../tests/support/shop.ts";
import type { Engine } from "../engine.ts";

const items = 40;
const scenario = { slateSize: 2, maxCandidates: 12, excludeSeen: true };
const idsOf = ({ decision }: Awaited<ReturnType<Engine["recommend"]>>) =>
  decision.candidates.map(({ itemId }) => String(itemId));
const open = (sources: object) => openAuditedShop({ items, scenario: { ...scenario, sources } });

test("the newest items are candidates, up to their number and half of all", async () => {
  const { engine, run } = await open({ newest: 4 });
  const ids = idsOf(await engine.recommend({ userId: ann }));
  expect(ids).toHaveLength(12);
  expect(ids).toEqual(expect.arrayContaining(["i-36", "i-37", "i-38", "i-39"]));
  const most = await open({ newest: 500 });
  const half = idsOf(await most.engine.recommend({ userId: ann }));
  expect(half).toHaveLength(12);
  expect(half).toEqual(expect.arrayContaining(["i-34", "i-35", "i-36", "i-37", "i-38", "i-39"]));
  for (const { findings } of [await run(), await most.run()]) expect(findings).toEqual([]);
});

test("items like that of the last event are candidates; without an event there are none", async () => {
  const { engine, run } = await open({ similar: 3 });
  const alike = (item: string) => ({ itemId: item, attributes: { brand: "acme" } });
  await engine.putItems([alike("a-1"), alike("a-2"), alike("a-3"), alike("a-4")]);
  await engine.recommend({ userId: "nobody" });
  await engine.record([{ userId: ann, itemId: "a-1", type: "click" }]);
  const ids = idsOf(await engine.recommend({ userId: ann }));
  expect(ids).toEqual(expect.arrayContaining(["a-2", "a-3", "a-4"]));
  expect(ids).not.toContain("a-1");
  expect((await run()).findings).toEqual([]);
});

test("items of the most users come first, as of the last thousand event numbers, and an audit finds the same later", async () => {
  const { engine, run } = await open({ trending: 2 });
  const click = (user: string, item: string) => ({ userId: user, itemId: item, type: "click" });
  const clicks = Array.from({ length: 1000 }, (_, index) =>
    index < 30 ? click(`u-${index}`, "i-5") : click("u-0", index < 950 ? "i-6" : "i-7"),
  );
  const others = Array.from({ length: 20 }, (_, index) => click(`u-${index}`, "i-8"));
  await engine.record(clicks.slice(0, 500));
  await engine.record([...others, ...clicks.slice(500)]);
  const later = others.map((event) => ({ ...event, itemId: "i-9" }));
  const ids = idsOf(await engine.recommend({ userId: ann }));
  expect(ids).toEqual(expect.arrayContaining(["i-5", "i-8"]));
  await engine.record([...later, ...clicks.slice(30, 1000)]);
  expect(idsOf(await engine.recommend({ userId: ann }))).toEqual(
    expect.arrayContaining(["i-5", "i-9"]),
  );
  expect((await run()).findings).toEqual([]);
});

test("a row that says other numbers than it was made by is found by the audit", async () => {
  const { engine, tamper, run } = await open({ newest: 4 });
  await engine.recommend({ userId: ann });
  tamper("UPDATE serving_rules SET text = replace(text, '\"newest\":4', '\"newest\":0')");
  expect((await run()).findings).toMatchObject([
    { cause: "tampered-row", problem: expect.stringMatching(/keeps other candidates/) },
  ]);
});

test("an unknown source and a negative number are refused, with their fields", async () => {
  await expect(open({ latest: 4 })).rejects.toMatchObject({
    code: "invalid_configuration",
    message: expect.stringMatching(/sources/),
  });
  await expect(open({ newest: -1 })).rejects.toMatchObject({
    message: expect.stringMatching(/sources\.newest/),
  });
});
