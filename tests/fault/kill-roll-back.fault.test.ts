import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { itemId, userId } from "../../src/domain/ids.ts";
import { audit } from "../../src/engine/audit/audit.ts";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import { openStore } from "../../src/engine/open-store.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { createNetwork, growNetwork } from "../../src/policy/network.ts";
import { encodeNetwork, policyShape } from "../../src/policy/network-policy.ts";
import { assign, shopConfiguration, shopItems } from "../support/shop.ts";
import { createTestFolder } from "../support/store.ts";

const writer = join(import.meta.dirname, "learning-writer.ts");
const visits = 1200;
const seed = 23;
const hour = 3_600_000;
const items = 4;
const configuration = shopConfiguration({
  scenario: { slateSize: 1 },
  rest: { learner: { intervalSeconds: 10, minDecisions: visits } },
});

/** A trained policy that shows one item in most visits: popularity would take the place of one that is alike for all users. */
function favour(index: number): Uint8Array {
  const random = createRandom(seed);
  const ids = Array.from({ length: items }, (_, item) => itemId(`i-${item}`));
  const network = growNetwork(createNetwork(policyShape, random), ids, random);
  const itemBias = Float32Array.from([0, ...ids.map((_, item) => (item === index ? 3 : 0))]);
  return encodeNetwork({ ...network, parameters: { ...network.parameters, itemBias } });
}

async function open(path: string) {
  const store = await openStore(path);
  let ids = 0;
  const engine = await createEngine({
    store,
    configuration: parseConfiguration(configuration),
    clock: () => Date.now() - hour,
    random: createRandom(seed),
    createId: () => `d-${++ids}`,
  });
  const close = async () => {
    await engine.close();
    await store.close();
  };
  return { store, engine, close };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** A policy that shows what nobody wants is forced into the place of one that shows what users click. */
async function promoteWorse({ store }: Opened): Promise<readonly [good: number, bad: number]> {
  const [good] = await assign(store, { serving: favour(0) });
  const [bad] = await assign(
    store,
    { serving: favour(1) },
    { holdback: good!, holdbackShare: 0.3 },
  );
  const promotedAt = Date.now() - 2 * hour;
  const predicted = { relativeLift: 0.1 };
  const promotion = { replaced: good!, promotedAt, holdbackShare: 0.3, predicted };
  await store.policies.apply({
    statuses: [
      { version: good!, status: "holdback" },
      { version: bad!, status: "serving", evidence: { verdict: "promote", promotion } },
    ],
  });
  return [good!, bad!];
}

/** Users click the first item in 8 of 10 visits, any other in 1 of 10. */
async function visitAll({ engine }: Opened): Promise<void> {
  const random = createRandom(seed).split("clicks");
  const visit = async (index: number) => {
    const { decision } = await engine.recommend({ userId: userId(`user-${index % 300}`) });
    const { decisionId, slate } = decision;
    const isWanted = slate[0] === "i-0";
    if (random.uniform() >= (isWanted ? 0.8 : 0.1)) return;
    const event = { type: "click", value: 5, userId: decision.userId, itemId: slate[0]! };
    await engine.record([{ ...event, decisionId }]);
  };
  await Promise.all(Array.from({ length: visits }, (_, index) => visit(index)));
}

async function readState(path: string) {
  const { store, close } = await open(path);
  const state = {
    assignment: await store.policies.assignment("shop"),
    policies: await store.policies.list({ limit: 100 }),
    cycles: await store.cycles.list({ limit: 100 }),
  };
  await close();
  return state;
}

/** Runs a learner's cycle in a process of its own, killed at a look at the clock; without one it ends. */
async function learnUntil(path: string, look: number) {
  const words = ["--import", "tsx", writer, path, JSON.stringify(configuration), String(look)];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "ignore", "inherit"] });
  const [code, signal] = await once(child, "close");
  return code ?? signal;
}

const isFull = process.env.RECURVE_FULL !== undefined;

test.skipIf(!isFull)(
  "a promotion that does harm is rolled back by itself, in full or not at all, and the record stands (needs RECURVE_FULL)",
  {
    timeout: 120_000,
  },
  async () => {
    const path = join(createTestFolder(), "recurve.db");
    const shop = await open(path);
    await shop.engine.putItems(shopItems(items));
    const [good, bad] = await promoteWorse(shop);
    await visitAll(shop);
    await shop.close();
    const before = await readState(path);

    // After the review has found it out.
    expect(await learnUntil(path, 10)).toBe("SIGKILL");
    expect(await readState(path)).toEqual(before);

    expect(await learnUntil(path, 0)).toBe(0);
    const after = await readState(path);
    const [cycle] = after.cycles;
    const told = cycle!.record.promotion!;
    expect(told).toMatchObject({ version: bad, replaced: good, action: "roll-back", looks: 1 });
    expect(told.interval![1]).toBeLessThan(0);
    expect(told.serving.users + told.holdback.users).toBe(300);
    expect(told.serving.rows + told.holdback.rows).toBe(visits);
    expect(cycle!.reason).toContain(`Rolled back to policy ${good}: Policy ${bad} live: worse by`);
    expect(cycle!.policyVersion).toBe(good);
    const rolledBack = after.policies.find(({ version }) => version === bad)!;
    expect(rolledBack.status).toBe("rolled-back");
    expect(rolledBack.evidence.realised).toEqual(told);
    // What serves now is the kept snapshot, or what this cycle's gate put in its place.
    const { serving, holdback } = after.assignment;
    expect([serving, holdback]).toContain(good);
    expect([serving, holdback]).not.toContain(bad);

    const { store, close } = await open(path);
    const found = await audit({ store, configuration: parseConfiguration(configuration) });
    await close();
    expect(found).toMatchObject({ decisions: visits, findings: [] });
    expect(found.largestDifference).toBeLessThan(1e-6);
  },
);
