import { join } from "node:path";
import Database from "libsql";
import { expect, test } from "vitest";
import { createTestFolder } from "../support/store.ts";
import { connect, runRecurve, startRecurve } from "./recurve.ts";

/** Flips one bit in the middle of the bytes of a policy, as a failing disk would. */
function corruptPolicy(path: string, version: number): void {
  const database = new Database(path);
  const { bytes } = database
    .prepare("SELECT bytes FROM policy_bytes WHERE version = ?")
    .get([version]) as {
    bytes: Buffer;
  };
  const changed = Buffer.from(bytes);
  const middle = changed.length >> 1;
  changed[middle] = changed[middle]! ^ 1;
  database.prepare("UPDATE policy_bytes SET bytes = ? WHERE version = ?").run([changed, version]);
  database.close();
}

test("a snapshot that was damaged is not served: the baseline answers and /health says why", {
  timeout: 60_000,
}, async () => {
  const folder = createTestFolder();
  const ask = { userId: "ada", scenario: "ads", candidates: [{ itemId: "a", features: {} }] };
  const healthy = startRecurve(folder, "serve", "--no-learner", "--port", "0");
  const before = await (await connect(healthy)).recommend(ask);
  expect(before).not.toHaveProperty("fallback");
  healthy.child.kill("SIGINT");
  expect((await healthy.ended()).code).toBe(0);
  corruptPolicy(join(folder, "recurve.db"), before.policyVersion);

  const damaged = startRecurve(folder, "serve", "--no-learner", "--port", "0");
  const client = await connect(damaged);
  const problem = /policy 3.*checksum does not fit/;
  const { policies } = await client.listPolicies({ scenario: "ads" });
  const baseline = policies.find(({ kind }) => kind === "popularity")!;
  // User ada is not in the baseline's share: she gets it as the fallback.
  expect(await client.recommend(ask)).toMatchObject({
    arm: "baseline",
    policyVersion: baseline.version,
    fallback: expect.stringMatching(problem),
  });
  expect(await client.getHealth()).toMatchObject({
    status: "degraded",
    problems: [expect.stringMatching(problem)],
  });
  damaged.child.kill("SIGINT");
  expect((await damaged.ended()).code).toBe(0);
  const audited = await runRecurve(folder, "audit");
  expect(audited.code).toBe(1);
  expect(audited.output).toMatch(
    /wrong-snapshot: policy version 3 is not the snapshot that was published/,
  );
  expect(audited.output).toMatch(/^error: 1 of 2 decisions .* \(audit_failed\)$/m);
});
