import { expect, test } from "vitest";
import { openTestServer } from "../../../tests/support/server.ts";

const configuration = {
  scenarios: [
    {
      name: "feed",
      slateSize: 1,
      excludeSeen: false,
      social: { author: "author" },
      rules: {
        aversions: [{ types: ["hide_author"], by: "author" }],
        caps: [{ by: "author", most: 1 }],
      },
      reward: { weights: { like: 1 }, windowSeconds: 600, maximum: 1 },
    },
  ],
};

test("a hidden author is gone from the next request, whoever is shown in its place", async () => {
  const { send } = await openTestServer({ configuration });
  const items = ["eve", "eve", "eve", "fay"].map((author, index) => ({
    itemId: `p-${index}`,
    attributes: { author },
  }));
  await send("POST", "/api/v1/items", { items });
  const ask = async () => {
    const answer = await send("POST", "/api/v1/recommend", { userId: "ada", slateSize: 4 });
    const { slate } = (await answer.json()) as { slate: { itemId: string }[] };
    return slate.map(({ itemId }) => itemId);
  };
  const before = await ask();
  expect(before).toHaveLength(2);
  const shown = before.find((itemId) => itemId !== "p-3");
  const hide = { type: "hide_author", userId: "ada", itemId: shown };
  await send("POST", "/api/v1/events", { events: [hide] });
  for (let turn = 0; turn < 5; turn++) expect(await ask()).toEqual(["p-3"]);
});
