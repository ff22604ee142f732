import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openExported } from "../../../tests/support/exported-policy.ts";
import {
  largestDifference,
  onEncoder,
  randomNetwork,
  sampleChain,
  sampleEncoder,
  sampleFeatureMap,
  sampleViews,
} from "../../../tests/support/policy.ts";
import {
  ann,
  assign,
  openShop,
  shopConfiguration,
  shopSnapshot,
} from "../../../tests/support/shop.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import type { FastLoopUse } from "../../domain/fast-loop.ts";
import { type ItemId, itemId, userId } from "../../domain/ids.ts";
import { createLogitDeriver } from "../../engine/audit/derive-logits.ts";
import { parseConfiguration } from "../../engine/configuration/configuration.ts";
import { createRandom } from "../../numeric/random.ts";
import type { StoredEncoder } from "../../policy/encoder/encoder-model.ts";
import { encodeNetwork } from "../../policy/network-policy.ts";
import { openSqliteStore } from "../../storage/sqlite/open.ts";
import type { Store } from "../../storage/store.ts";
import { type ExportOptions, exportOnnx } from "./export-onnx.ts";

/** The guide's promise. */
const promised = 1e-4;
const configuration = parseConfiguration(shopConfiguration());

/** So many events of items that the policy knows and of others; of ann more than a policy looks at. */
const eventsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    type: ["click", "buy", "look"][index % 3]!,
    itemId: itemId(`i-${(index * 7) % 30}`),
    value: index % 5 === 0 ? -1 : 1,
  }));
const users = [
  { userId: ann, history: eventsOf(70), userAttributes: { city: "Graz", age: 40 } },
  { userId: userId("bob"), history: eventsOf(3), userAttributes: {} },
  { userId: userId("nobody"), history: [], userAttributes: {} },
];

/** A shop of 30 items whose policy knows 12 of them; i-5 is deleted, i-7 is withdrawn. */
async function openUsedShop(
  serving = shopSnapshot(3, 12),
  encoders: readonly StoredEncoder[] = [],
) {
  const opened = await openShop({ items: 30 });
  const { engine, store } = opened;
  await store.policies.apply({ encoders });
  await assign(store, { serving }, { exploration: 0.2 });
  await engine.putUsers([{ userId: ann, attributes: users[0]!.userAttributes }]);
  for (const { userId, history } of users)
    await engine.record(history.map((event) => ({ ...event, userId })));
  await engine.deleteItem(itemId("i-5"));
  const { sequence, ...withdrawn } = (await engine.findItem(itemId("i-7")))!;
  await engine.putItems([{ ...withdrawn, available: false }]);
  return opened;
}

const exportShop = (store: Store, rest: Partial<ExportOptions> = {}) => {
  const folder = join(createTestFolder(), "policy");
  const options = { store, configuration, folder, recurve: "1.2.3", ...rest };
  return exportOnnx(options).then((summary) => ({ summary, folder: options.folder }));
};

/** Logits are the same up to a number for each request. */
function centre(logits: ArrayLike<number>): number[] {
  const values = Array.from(logits);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

/** A policy that knows the first 12 items. */
const alone = randomNetwork({ heads: 1, width: 8, positions: 1 }, sampleViews(12), createRandom(3));
/** Of the first 20. */
const encoder = sampleEncoder(sampleViews(20));
const chained = sampleEncoder(sampleViews(20), 1, {
  chain: sampleChain(20),
  features: sampleFeatureMap(8),
});

test.each([
  ["alone", alone],
  ["on an encoder", onEncoder(alone, encoder)],
  ["on an encoder with a chain", onEncoder(alone, chained)],
])(
  "the exported files score in ONNX Runtime Web as the engine does, a network %s",
  async (_, network) => {
    const { store } = await openUsedShop(encodeNetwork(network), [encoder, chained]);
    const { summary, folder } = await exportShop(store);
    expect(summary).toEqual({ version: 3, scenario: "shop", items: 30 });
    const { manifest, logits } = await openExported(folder);
    const deriver = createLogitDeriver(store, configuration);
    const candidates = manifest.items.ids.slice(1).filter((id) => id !== "i-5") as ItemId[];
    expect(candidates).toHaveLength(29);
    for (const context of [{}, { hour: 18, query: "red running shoes", tags: ["a", "b"] }]) {
      for (const { userId, ...user } of users) {
        const expected = await deriver.derive(summary.version, {
          userId,
          scenario: "shop",
          asOf: await store.sequence(),
          decidedAt: 0,
          context,
          candidates: candidates.map((id) => ({ itemId: id })),
        });
        const exported = await logits({ ...user, context }, candidates);
        expect(largestDifference(centre(exported), centre(expected))).toBeLessThan(promised);
        expect(new Set(exported).size).toBe(candidates.length);
      }
    }
    await deriver.close();
  },
);

test("the manifest says what the graphs take, who may be shown and how the policy explores", async () => {
  const { store } = await openUsedShop();
  const { folder } = await exportShop(store);
  const { manifest } = await openExported(folder);
  expect(readdirSync(folder).sort()).toEqual([
    "encoder.onnx",
    "item-biases.f32",
    "item-embeddings.f32",
    "manifest.json",
    "scorer.onnx",
  ]);
  expect(manifest).toMatchObject({
    format: 3,
    recurve: "1.2.3",
    policy: { version: 3, scenario: "shop", createdAt: "1970-01-01T00:00:01.000Z" },
    history: { length: 50, scale: 5, weights: { click: 1, buy: 4 } },
    slate: { temperature: 1, exploration: 0.2 },
    items: { embeddings: { shape: [1, 31, 8] }, biases: { shape: [1, 1, 31] } },
  });
  expect(manifest.items.ids.slice(0, 3)).toEqual(["", "i-0", "i-1"]);
  const unavailable = manifest.items.unavailable.map((row) => manifest.items.ids[row]);
  expect(unavailable).toEqual(["", "i-5", "i-7"]);
  expect(manifest.scorer.inputs.map(({ shape }) => shape)).toEqual([
    [1, 1, 8],
    [1, "candidates", 8],
    [1, 1, "candidates"],
  ]);
  for (const { inputs, outputs } of [manifest.encoder, manifest.scorer])
    for (const { name, meaning } of [...inputs, ...outputs]) expect(meaning, name).toMatch(/\w{3}/);
});

test.each<[FastLoopUse, string, boolean]>([
  [false, "alone", false],
  ["until-encoder", "alone", true],
  ["until-encoder", "on an encoder", false],
  ["on-popularity", "alone", false],
  [true, "on an encoder", true],
])(
  "with the fast loop %s the manifest says of a network %s: %s",
  async (enabled, kind, expected) => {
    const network = kind === "alone" ? alone : onEncoder(alone, encoder);
    const { store } = await openUsedShop(encodeNetwork(network), [encoder]);
    const { folder } = await exportShop(store, {
      configuration: parseConfiguration(shopConfiguration({ scenario: { fastLoop: { enabled } } })),
    });
    expect((await openExported(folder)).manifest).toMatchObject({ slate: { fastLoop: expected } });
  },
);

test("the manifest says how the slates are kept diverse, if they are", async () => {
  const { store } = await openUsedShop();
  const manifestOf = async (rules: object) => {
    const configured = parseConfiguration(shopConfiguration({ scenario: { rules } }));
    const { folder } = await exportShop(store, { configuration: configured });
    return (await openExported(folder)).manifest;
  };
  expect(await manifestOf({ diversity: 0.6 })).toMatchObject({
    slate: { diversity: { power: expect.closeTo(1.5, 9), rule: expect.stringContaining("C⁻¹") } },
  });
  expect(await manifestOf({})).not.toHaveProperty("slate.diversity");
});

test("what can't be exported is refused by what it is", async () => {
  const empty = await openSqliteStore(":memory:");
  onTestFinished(() => empty.close());
  await expect(exportShop(empty)).rejects.toMatchObject({
    code: "not_found",
    message: /^scenario shop has no policy yet; make one with recurve train/,
  });
  const { store } = await openUsedShop();
  const { serving, baseline } = await store.policies.assignment("shop");
  await expect(exportShop(store, { policy: 9 })).rejects.toMatchObject({
    code: "not_found",
    message: /^there is no policy 9; leave out --policy/,
  });
  await expect(exportShop(store, { policy: baseline! })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining(`has no network to export; the newest with one: ${serving}, `),
  });
});

test("a folder that holds something stays as it is; an empty one is filled", async () => {
  const { store } = await openUsedShop();
  const folder = createTestFolder();
  writeFileSync(join(folder, "notes.txt"), "mine");
  await expect(exportShop(store, { folder })).rejects.toMatchObject({
    code: "conflict",
    message: /is not empty \(it has notes\.txt\); name a new one/,
  });
  expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("mine");
  expect(readdirSync(folder)).toEqual(["notes.txt"]);
  const empty = join(folder, "empty");
  mkdirSync(empty);
  await exportShop(store, { folder: empty });
  expect(readdirSync(empty)).toHaveLength(5);
});

test("what can't be written leaves nothing behind", async () => {
  const { store } = await openUsedShop();
  const parent = createTestFolder();
  writeFileSync(join(parent, "file"), "");
  await expect(exportShop(store, { folder: join(parent, "file") })).rejects.toMatchObject({
    code: "invalid_file",
  });
  await expect(exportShop(store, { folder: join(parent, "no", "where") })).rejects.toMatchObject({
    code: "invalid_file",
    message: /can't be written: ENOENT/,
  });
  expect(readdirSync(parent)).toEqual(["file"]);
});
