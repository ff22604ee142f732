import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { RecurveClient } from "../../src/sdk/client.ts";
import { createTestFolder } from "../support/store.ts";
import { canBrowse, openPage, widthOf } from "./browser.ts";
import { connect, eventually, startRecurve } from "./recurve.ts";

/** Mean rewards of the last half minute or so, where both arms decided something in it. */
async function readRewards(client: RecurveClient) {
  const { points } = await client.getRewardSeries({ scenario: "demo", bucketSeconds: 30 });
  const newest = (arm: string) => points.filter((point) => point.arm === arm).at(-2)?.meanReward;
  return { serving: newest("serving"), baseline: newest("baseline") };
}

const figure = (page: Page, label: string) =>
  page.locator(".key-figures > div", { hasText: label }).locator("dd").first().textContent();

test.skipIf(!canBrowse)(
  "a person who starts the demo sees a promotion and a reward above the baseline (needs RECURVE_FULL, Chromium, a built dashboard)",
  // A minute and a half on two free cores, three if the first cycle holds. Other tests share the cores.
  { timeout: 600_000 },
  async () => {
    const running = startRecurve(createTestFolder(), "start", "--port", "0");
    const client = await connect(running);
    await running.waitFor(/ promote /);
    await eventually(async () => {
      const { serving, baseline } = await readRewards(client);
      return serving !== undefined && baseline !== undefined && serving > baseline
        ? true
        : undefined;
    });

    const page = await openPage(client.url);
    await page.getByText("promote", { exact: true }).first().waitFor();
    expect(await figure(page, "Serving reward")).toMatch(/^0\.\d{3}/);
    expect(await figure(page, "Baseline reward")).toMatch(/^0\.\d{3}/);
    expect(Number(await figure(page, "Promotions"))).toBeGreaterThanOrEqual(1);
    await page.locator(".decisions .opener").first().click();
    await page.getByRole("heading", { name: "Items, with the parts of their scores" }).waitFor();
    const narrow = await openPage(client.url, 380);
    await narrow.getByText("promote", { exact: true }).first().waitFor();
    expect(await widthOf(narrow)).toBe(380);
    running.child.kill("SIGINT");
    expect((await running.ended()).code).toBe(0);
  },
);
