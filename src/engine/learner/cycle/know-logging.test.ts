import { expect, test } from "vitest";
import { sampleRow } from "../../../../tests/support/feedback.ts";
import { openLiveStore } from "../../../../tests/support/live-visits.ts";
import { sampleViews } from "../../../../tests/support/policy.ts";
import { defaultMpo } from "../../../domain/mpo-fields.ts";
import { uniformVersion } from "../../../domain/policy-snapshot.ts";
import { createNetworkFamily } from "../../../learning/network-family.ts";
import { createRandom } from "../../../numeric/random.ts";
import { encodeNetwork, initialNetwork } from "../../../policy/network-policy.ts";
import { encodePopularity } from "../../../policy/popularity.ts";
import { knowLogging } from "./carried.ts";

const views = sampleViews(3);
const [first, second] = views.map(({ itemId }) => itemId);
const network = encodeNetwork(initialNetwork(createRandom(7)));
const popularity = encodePopularity({
  scores: new Map([
    [first!, 0.1],
    [second!, 0.3],
  ]),
  mean: 0.2,
});
const family = createNetworkFamily({ mpo: defaultMpo, discount: 0, defaultReward: 0, threads: 1 });

test("new rows know the policy that made them, whatever its kind and arm", async () => {
  const store = await openLiveStore([
    { kind: "network", bytes: network },
    { kind: "network", bytes: network },
    { kind: "popularity", bytes: popularity },
    { kind: "network", bytes: network.subarray(0, 100) },
  ]);
  const made = [
    { policyVersion: 2, arm: "anchor" },
    { policyVersion: 1, arm: "holdback" },
    { policyVersion: 3, arm: "baseline" },
    { policyVersion: uniformVersion, arm: "uniform" },
    { policyVersion: 9, arm: "serving" },
    { policyVersion: 4, arm: "anchor" },
    { policyVersion: 1, arm: "serving", isForeign: true },
    { policyVersion: 1, arm: "holdback", fold: "older" },
  ] as const;
  const rows = made.map((changes) => sampleRow(views, changes));
  const known = await knowLogging(rows, { store, family }, { version: 2, arm: "serving" });
  const [own, held, baseline, uniform, gone, broken, drawn, older] = known;
  // The serving policy's row counts as its arm's.
  expect(own).toEqual({ ...rows[0], arm: "serving" });
  expect([...held!.loggingLogs!.map(Math.exp)]).toEqual(
    Array.from(views, () => expect.closeTo(1 / 3, 6)),
  );
  expect([...baseline!.loggingLogs!.map(Math.exp)]).toEqual([
    expect.closeTo(0, 5),
    expect.closeTo(1, 5),
    expect.closeTo(0, 5),
  ]);
  expect([...uniform!.loggingLogs!]).toEqual(Array.from(views, () => -Math.log(3)));
  expect(gone).toEqual({ ...rows[4], trainsOnly: true });
  expect(broken).toEqual({ ...rows[5], trainsOnly: true });
  expect([drawn, older]).toEqual([rows[6], rows[7]]);
});
