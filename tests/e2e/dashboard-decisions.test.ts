import { expect, test } from "vitest";
import { createTestFolder } from "../support/store.ts";
import { canBrowse, openPage, widthOf } from "./browser.ts";
import { connect, startRecurve } from "./recurve.ts";

const width = 390;

test.skipIf(!canBrowse)(
  "the first decision appears on the open page, and ids of 256 characters fit a telephone (needs RECURVE_FULL, Chromium, a built dashboard)",
  { timeout: 180_000 },
  async () => {
    const running = startRecurve(createTestFolder(), "serve", "--no-learner", "--port", "0");
    const client = await connect(running);
    const page = await openPage(client.url, width);
    await page.getByText("No decision yet.").waitFor();
    const userId = "u".repeat(256);
    const candidates = ["x".repeat(256), "pomegranate"].map((itemId) => ({ itemId, features: {} }));
    await client.recommend({ userId, candidates, slateSize: 2 });
    await page.getByRole("button", { name: userId }).click();
    await page.getByRole("heading", { name: "Items, with the parts of their scores" }).waitFor();
    expect(await widthOf(page)).toBe(width);
    // A short id beside long ones stays in one line.
    const short = page.locator(".explained").getByText("pomegranate");
    expect((await short.boundingBox())?.height).toBeLessThan(30);
    // An id is searched as it is, with its spaces.
    await client.recommend({ userId: " ada ", candidates, slateSize: 2 });
    await page.getByLabel("User").fill(" ada ");
    await page.getByRole("button", { name: "Show newest" }).click();
    await page.getByRole("button", { name: "ada" }).waitFor();
  },
);
