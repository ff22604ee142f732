import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { chromium, type Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";

const executablePath = "/usr/bin/chromium";
const dashboard = resolve(import.meta.dirname, "../../dist/dashboard");

/** Tests in a browser take long, and need one and a built dashboard. */
export const canBrowse =
  process.env.RECURVE_FULL !== undefined && existsSync(executablePath) && existsSync(dashboard);

/** A page of a browser of its own. A failure of its script fails the test, as does one that the content security policy refuses. */
export async function openPage(url: string, width = 1280): Promise<Page> {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  onTestFinished(() => browser.close());
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  page.on("pageerror", (error) => expect.fail(String(error)));
  page.on("console", (line) => {
    if (/Content Security Policy/i.test(line.text())) expect.fail(line.text());
  });
  await page.goto(url);
  return page;
}

/** Wider than its window, a page scrolls to the side. */
export const widthOf = (page: Page): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth");
