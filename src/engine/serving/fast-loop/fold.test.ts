import { deviation } from "d3-array";
import { expect, test } from "vitest";
import { noEncoders } from "../../../../tests/support/policy.ts";
import {
  ann,
  assign,
  openShop,
  shopConfiguration,
  shopSnapshot,
} from "../../../../tests/support/shop.ts";
import { itemId } from "../../../domain/ids.ts";
import { createRandom } from "../../../numeric/random.ts";
import { decodeNetwork, openNetworkPolicy } from "../../../policy/network-policy.ts";
import { parseConfiguration } from "../../configuration/configuration.ts";
import { createRecordFold } from "./fold.ts";

const reward = { weights: { click: 1 }, windowSeconds: 5, graceSeconds: 0, maximum: 1 };
const scenario = { slateSize: 1, fastLoop: { enabled: true }, reward };

test("if nobody clicks, draws of a new item scatter less than the usual priors, which feeds keep", async () => {
  const shop = await openShop({ scenario });
  await assign(shop.store, { serving: shopSnapshot() });
  for (let turn = 0; turn < 48; turn++) {
    shop.advance(1);
    await shop.engine.recommend({ userId: ann });
  }
  const network = await decodeNetwork(shopSnapshot(), noEncoders);
  const { width } = network.shape;
  const policy = await openNetworkPolicy(network);
  const towers = policy.towers!;

  async function scatterIn(own: object): Promise<number> {
    const settings = { scenario: { ...scenario, ...own } };
    const [folded] = parseConfiguration(shopConfiguration(settings)).scenarios;
    const parts = { store: shop.store, text: undefined, scenario: folded!, towers };
    const fold = await createRecordFold(
      { ...parts, forgetting: 0.999, temperature: 0.02, renewal: 64 },
      0,
    );
    while (await fold.next((block) => block.length === 16));
    const item = { itemId: itemId("new"), isKnown: false };
    const visit = {
      userId: ann,
      towers: {
        state: new Float32Array(width),
        items: { values: new Float32Array(width), width },
        logits: Float64Array.of(0),
      },
    };
    const gains = Array.from(
      { length: 200 },
      (_, seed) => fold.model!.draw(createRandom(seed), 1)(visit, [item])[0]!,
    );
    return deviation(gains)!;
  }

  expect(await scatterIn({})).toBeLessThan(0.5 * (await scatterIn({ social: {} })));
  await policy.close();
});
