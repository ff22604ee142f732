import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { createModelFolder } from "../../../../tests/support/sentence-model.ts";
import { openSentenceEncoder } from "./sentence-encoder.ts";
import { openTextFeatures, rememberByContent, type TextSettings } from "./text-features.ts";

const read = async (settings: TextSettings, attributes: Record<string, string | number>) =>
  (await openTextFeatures(settings)).read(attributes);

test("the fields' text becomes features, the rest stays", async () => {
  const settings = { fields: ["title", "plot"] };
  const { names, rest } = await read(settings, { plot: "toys", year: 1995, title: "Toy Story" });
  expect(rest).toEqual({ year: 1995 });
  expect(names).toEqual((await read(settings, { title: "toy story TOYS" })).names);
  expect(await read(settings, { title: 7, year: 1 })).toEqual({
    names: [],
    rest: { title: 7, year: 1 },
  });
  expect((await read(settings, { title: "  " })).names).toEqual([]);
});

test("a model gives a vector instead of names", async () => {
  const settings = { fields: ["title"], model: createModelFolder() };
  const { names, vector, rest } = await read(settings, { title: "robot", year: 1 });
  expect({ names, rest }).toEqual({ names: [], rest: { year: 1 } });
  const encoder = await openSentenceEncoder(settings.model);
  expect(vector).toEqual({ model: encoder.id, vector: await encoder.encode("robot") });
  expect(await read(settings, { title: " " })).toEqual({ names: [], rest: {} });
});

test("a content is computed once, a failure is not remembered, and the memory has an end", async () => {
  const computed: string[] = [];
  const get = rememberByContent(async (text) => {
    computed.push(text);
    if (text === "bad" && computed.length < 3) throw new Error("not now");
    return text.length;
  }, 2);
  expect(await Promise.all([get("a"), get("a")])).toEqual([1, 1]);
  await expect(get("bad")).rejects.toThrow("not now");
  expect(await get("bad")).toBe(3);
  expect(computed).toEqual(["a", "bad", "bad"]);
  await get("cc");
  await get("bad");
  expect(computed).toEqual(["a", "bad", "bad", "cc"]);
  await get("a");
  expect(computed).toEqual(["a", "bad", "bad", "cc", "a"]);
});

test("one text is computed at a time, whatever is known already", async () => {
  let running = 0;
  let most = 0;
  const get = rememberByContent(async (text) => {
    most = Math.max(most, ++running);
    await setImmediate();
    running -= 1;
    return text.length;
  });
  await get("known");
  const first = get("a");
  await get("known");
  expect(await Promise.all([first, get("bb"), get("known"), get("ccc")])).toEqual([1, 2, 5, 3]);
  expect(most).toBe(1);
});
