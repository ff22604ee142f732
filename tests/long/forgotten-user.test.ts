import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { audit } from "../../src/engine/audit/audit.ts";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { train } from "../../src/engine/learner/train.ts";
import { relearn } from "../../src/engine/privacy/relearn.ts";
import {
  runArtefacts,
  runMetrics,
  runParams,
  runTags,
} from "../../src/exchange/mlflow/cycle-run.ts";
import { createTensorboardExport } from "../../src/exchange/tensorboard/export-tensorboard.ts";
import { createSyntheticWorld } from "../../src/lab/worlds/synthetic-world.ts";
import { openTestEngine } from "../support/engine.ts";
import { filesWith } from "../support/erased-shop.ts";
import { introduceWorld, playVisits, worldConfiguration } from "../support/play.ts";
import { createTestFolder } from "../support/store.ts";

const visits = 600;

/** Texts of all files below a folder. */
const readAll = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));

test.skipIf(process.env.RECURVE_LONG === undefined)(
  "a loop that has learnt forgets a user: files, snapshots, tracking, and then the policies; the next cycle learns on (needs RECURVE_LONG)",
  { timeout: 120_000 },
  async () => {
    const path = join(createTestFolder(), "play.db");
    const world = createSyntheticWorld({ seed: 3, items: 30, users: 60 });
    const input = worldConfiguration(world, 100);
    const { engine, store, clock, advance, close } = await openTestEngine(input, path);
    const configuration = parseConfiguration(input);
    const options = {
      store,
      configuration,
      scenario: configuration.scenarios[0]!,
      clock,
      seed: 1,
      threads: 1,
      onProgress: () => {},
    };
    await introduceWorld(engine, world);
    await train(options);
    await playVisits(engine, world, [0, visits]);
    advance(3600);
    await train(options);
    const [{ decision } = { decision: undefined }] = await store.decisions.recent(1);
    const person = decision!.userId;
    const history = await store.events.history(person, { asOf: 1e9, limit: 200 });
    expect(history.length).toBeGreaterThan(0);

    const runs = join(createTestFolder(), "runs");
    await createTensorboardExport({ store, configuration, folder: runs })();
    const cycles = await store.cycles.list({ limit: 100 });
    const tracked = JSON.stringify(
      cycles.map((cycle) => [
        ...[runArtefacts(cycle), runMetrics(cycle), runParams(cycle), runTags(cycle, "parent")],
      ]),
    );
    const { versions, encoders } = await store.retention.snapshots();
    const snapshots = await Promise.all([
      ...versions.map((version) => store.policies.bytes(version)),
      ...encoders.map((hash) => store.policies.encoder(hash)),
    ]);
    expect(snapshots.length).toBeGreaterThan(3);
    const quoted = JSON.stringify(person);
    for (const bytes of [...readAll(runs), Buffer.from(tracked), ...snapshots])
      expect(Buffer.from(bytes!).includes(quoted)).toBe(false);

    const receipt = await engine.deleteUser(person);
    expect(receipt.rows).toMatchObject({ events: history.length });
    expect(filesWith(path, quoted)).toEqual([]);
    const before = await store.policies.assignment("play");
    const cycle = await relearn(options);
    expect(cycle?.reason).toContain("popularity among the others takes their place");
    const after = await store.policies.assignment("play");
    expect(after.serving).toBeGreaterThan(before.serving!);
    expect(after.retriever).toBe(after.serving);
    await playVisits(engine, world, [visits, 2 * visits]);
    advance(3600);
    const next = await train(options);
    expect(next?.policyVersion).toBe(after.serving);
    expect(next?.record.plan).toBeDefined();
    const report = await audit({ store, configuration });
    expect(report).toMatchObject({ findings: [], notDerivable: { erasure: 0 } });
    expect(report.removed).toMatchObject([{ kind: "erasure", removals: 1 }]);
    await close();
  },
);
