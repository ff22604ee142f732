import { createHash } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { openTestEngine } from "../../../tests/support/engine.ts";
import { isRefuser, refusers, visitAs } from "../../../tests/support/refusers.ts";
import { shopConfiguration, shopItems } from "../../../tests/support/shop.ts";
import { decisionTable, eventTable, userTable } from "../../exchange/tables/record-tables.ts";
import { toJsonl } from "../../exchange/tables/write-text.ts";
import type { Store } from "../../storage/store.ts";
import { audit } from "../audit/audit.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { runCycle } from "../learner/cycle/run-cycle.ts";
import { train } from "../learner/train.ts";
import { withConsent } from "./with-consent.ts";

const reward = { weights: { click: 1 }, windowSeconds: 30, graceSeconds: 0, maximum: 5 };
const configuration = parseConfiguration(
  shopConfiguration({
    scenario: { slateSize: 1, reward, fastLoop: { enabled: true, forgetting: 0.94 } },
    rest: {
      learner: { mpo: { critic: { maxEpochs: 2 }, distillation: { minEpochs: 1, maxEpochs: 2 } } },
    },
  }),
);
const [scenario] = configuration.scenarios;

async function open(consent: { readonly train: boolean }) {
  const shop = await openTestEngine(configuration);
  onTestFinished(shop.close);
  await shop.engine.putItems(shopItems(6));
  await shop.engine.putUsers(refusers.map((user) => ({ userId: user, consent })));
  return shop;
}

const usage = { cpuMs: 0, memoryMiB: 100, heldMiB: 100, peakMiB: 100 };

type Shop = Awaited<ReturnType<typeof open>>;

const learnerOf = ({ store, clock }: Shop) => ({
  store,
  configuration,
  clock,
  seed: 1,
  threads: 1,
  scenario: scenario!,
  onProgress: () => {},
  usage: () => usage,
});

const checksumOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** All that learning leaves behind. Snapshots have checksums of their bytes, which name their encoder by its hash. */
async function artefactsOf({ policies, checkpoints, cycles }: Store) {
  const snapshots = await policies.list({ limit: 100 });
  return {
    snapshots,
    checksums: snapshots.map(({ checksum }) => checksum),
    critic: checksumOf((await checkpoints.load("critic/shop")) ?? new Uint8Array()),
    cycles: await cycles.list({ limit: 100 }),
  };
}

async function exportOf(shop: Shop) {
  const { store } = withConsent({ store: shop.store, configuration });
  const now = shop.clock();
  const tables = [
    decisionTable({ store, scenario: scenario!, now, range: {} }),
    eventTable(store, {}),
    userTable(store, configuration.privacy.consent),
  ];
  let text = "";
  for (const table of tables) for await (const line of toJsonl(table)) text += line;
  return text;
}

async function learnFromVisits(taste: 0 | 1, consent = { train: false }) {
  const shop = await open(consent);
  await visitAs(shop, { taste, visits: 160 });
  const cycle = await runCycle(learnerOf(shop));
  const recent = await shop.store.decisions.recent(1000);
  const others = recent.filter(({ decision }) => !isRefuser(decision.userId));
  return {
    shop,
    cycle,
    artefacts: await artefactsOf(shop.store),
    /** Their propensities depend on the fast loop. */
    others: others.map(({ decision }) => decision),
    tables: await exportOf(shop),
  };
}

test("nothing of refusers is in policies, critic, cycles, fast loops or exports: with other data of theirs all are the same to the byte", async () => {
  const [left, right] = [await learnFromVisits(0), await learnFromVisits(1)];
  expect(left.cycle?.record.feedback?.decisions).toBe(left.others.length);
  expect(left.others.some(({ fastLoop }) => fastLoop !== undefined)).toBe(true);
  expect(right.others).toEqual(left.others);
  expect(right.artefacts).toEqual(left.artefacts);
  expect(right.tables).toBe(left.tables);
  for (const user of refusers) expect(left.tables).not.toContain(`"${user}"`);
  const parts = { store: left.shop.store, configuration };
  expect(await audit(parts)).toMatchObject({ decisions: 160, findings: [] });

  const consenting = [
    await learnFromVisits(0, { train: true }),
    await learnFromVisits(1, { train: true }),
  ];
  expect(consenting[1]!.others).not.toEqual(consenting[0]!.others);
  expect(consenting[1]!.artefacts.checksums).not.toEqual(consenting[0]!.artefacts.checksums);
  expect(consenting[1]!.artefacts.critic).not.toEqual(consenting[0]!.artefacts.critic);
  expect(consenting[1]!.tables).not.toBe(consenting[0]!.tables);
});

/** Each user goes round three items; the refusers' order is their own. */
async function trainOnWalks(taste: 0 | 1, consent = { train: false }) {
  const shop = await open(consent);
  const walks = Array.from({ length: 60 }, (_, user) => `user-${user}`).flatMap((user, index) =>
    Array.from({ length: 5 }, (__, step) => {
      const place = isRefuser(user) && taste === 1 ? 5 - step : step;
      return { type: "click", userId: user, itemId: `i-${(index + place) % 6}`, value: 1 + step };
    }),
  );
  await shop.engine.record(walks);
  await train(learnerOf(shop));
  return artefactsOf(shop.store);
}

test("nor in encoder, Markov chain and popularity", async () => {
  const [left, right] = [await trainOnWalks(0), await trainOnWalks(1)];
  expect(left.checksums).toHaveLength(4);
  expect(right).toEqual(left);
  expect((await trainOnWalks(1, { train: true })).checksums).not.toEqual(left.checksums);
});

test("whoever withdraws consent is left out of the next cycle with all earlier data, and the audit still derives it", async () => {
  const shop = await open({ train: true });
  await visitAs(shop, { taste: 1, visits: 100 });
  const { store } = withConsent({ store: shop.store, configuration });
  expect(await store.decisions.count()).toBe(100);
  await shop.engine.putUsers(refusers.map((user) => ({ userId: user, consent: { train: false } })));
  await shop.engine.deleteUser(refusers[0]!);
  const recent = await shop.store.decisions.recent(1000);
  const others = recent.filter(({ decision }) => !isRefuser(decision.userId)).length;
  const cycle = await runCycle(learnerOf(shop));
  expect(cycle?.record.feedback?.decisions).toBe(others);
  expect(await audit({ store: shop.store, configuration })).toMatchObject({ findings: [] });
});
