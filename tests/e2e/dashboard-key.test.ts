import { expect, test } from "vitest";
import { createTestFolder } from "../support/store.ts";
import { canBrowse, openPage } from "./browser.ts";
import { connect, runRecurve, startRecurve } from "./recurve.ts";

async function createKey(folder: string, scope: string): Promise<string> {
  const words = ["keys", "create", "--scope", scope, "--name", scope];
  const { output } = await runRecurve(folder, ...words);
  return /rk_\S+/.exec(output)?.[0] ?? "";
}

test.skipIf(!canBrowse)(
  "the dashboard asks for a key, keeps it over a reload, and intervenes with an admin's (needs RECURVE_FULL, Chromium, a built dashboard)",
  { timeout: 180_000 },
  async () => {
    const folder = createTestFolder();
    const { read, admin } = {
      read: await createKey(folder, "read"),
      admin: await createKey(folder, "admin"),
    };
    const { url } = await connect(startRecurve(folder, "serve", "--no-learner", "--port", "0"));
    const page = await openPage(url);
    const give = async (key: string) => {
      await page.getByLabel("API key").fill(key);
      await page.getByRole("button", { name: "Open" }).click();
    };
    await page.getByLabel("API key").waitFor();
    expect(await page.title()).toBe("Recurve");
    await give("rk_wrong");
    await page.getByText("the key is unknown").waitFor();
    await give(read);
    const promotions = page.getByRole("heading", { name: "Promotions" });
    await promotions.waitFor();
    await page.reload();
    await promotions.waitFor();
    expect(await page.context().cookies()).toEqual([]);

    const pause = async () => {
      await page.getByRole("button", { name: "Pause" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
    };
    await pause();
    await page.getByText("send one with the scope admin").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Forget the API key" }).click();
    await give(admin);
    await pause();
    await page.getByText("with the key admin").waitFor();
  },
);
