import { expect, test } from "vitest";
import { createCritic } from "../../../learning/critic-shape.ts";
import { initialMetaPolicy, type MetaPolicyState } from "../../../mpo/meta-policy.ts";
import { standingSettings } from "../../../mpo/meta-settings.ts";
import { createRandom } from "../../../numeric/random.ts";
import { createNetwork } from "../../../policy/network.ts";
import { encodeNetwork } from "../../../policy/network-policy.ts";
import { openStore } from "../../open-store.ts";
import { encodeCarried, loadCarried } from "./carried.ts";

const meta: MetaPolicyState = { ...initialMetaPolicy, incumbent: standingSettings[0]! };
const critic = createCritic(createRandom(1));

async function carry(bytes?: Uint8Array, part = "critic") {
  const store = await openStore(":memory:");
  const checkpoints = encodeCarried("play", { critic, meta });
  const broken = bytes === undefined ? [] : [{ name: `${part}/play`, bytes }];
  await store.policies.apply({ checkpoints: [...checkpoints, ...broken] });
  const carried = await loadCarried(store, "play");
  await store.close();
  return carried;
}

test("critic and evidence come back as they were handed on", async () => {
  const carried = await carry();
  expect(carried.meta).toEqual(meta);
  expect(carried.critic?.parameters).toEqual(critic.parameters);
});

test("a critic that can't be read is learned again, and the evidence stays", async () => {
  const carried = await carry(new Uint8Array([1, 2, 3]));
  expect(carried).toEqual({ critic: undefined, meta });
});

test("a belief about settings that can't be read begins anew, and the critic stays", async () => {
  const carried = await carry(Buffer.from("{"), "meta-policy");
  expect(carried.meta).toEqual(initialMetaPolicy);
  expect(carried.critic?.parameters).toEqual(critic.parameters);
});

test("a critic of another shape is learned again", async () => {
  const other = createNetwork({ heads: 2, width: 4, positions: 1 }, createRandom(1));
  expect((await carry(encodeNetwork(other, "critic"))).critic).toBeUndefined();
});
