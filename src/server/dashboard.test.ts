import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openTestServer } from "../../tests/support/server.ts";
import { createTestFolder } from "../../tests/support/store.ts";

const page = "<!doctype html><title>Recurve</title>";

async function openBuilt() {
  const folder = createTestFolder();
  const dashboardFolder = join(folder, "dashboard");
  mkdirSync(join(dashboardFolder, "assets"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "secret");
  writeFileSync(join(dashboardFolder, "index.html"), page);
  writeFileSync(join(dashboardFolder, "assets", "index-abc.js"), "export {};");
  writeFileSync(join(dashboardFolder, "assets", "index-abc.css"), "a{}");
  return openTestServer({ dashboardFolder });
}

test("the built page is at / and is asked for again each time", async () => {
  const { send } = await openBuilt();
  const response = await send("GET", "/");
  expect(await response.text()).toBe(page);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(response.headers.get("cache-control")).toBe("no-cache");
});

test("the page takes GET alone", async () => {
  for (const { send } of [await openBuilt(), await openTestServer()]) {
    const response = await send("PUT", "/");
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  }
});

test.each([
  ["js", "text/javascript; charset=utf-8"],
  ["css", "text/css; charset=utf-8"],
])("a built .%s file has its type and is kept", async (ending, type) => {
  const { send } = await openBuilt();
  const response = await send("GET", `/assets/index-abc.${ending}`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe(type);
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(response.headers.get("cache-control")).toContain("immutable");
});

test("a file that was not built is not found, and the routes are not covered", async () => {
  const { send } = await openBuilt();
  expect((await send("GET", "/assets/other.js")).status).toBe(404);
  expect((await send("GET", "/health")).headers.get("content-type")).toBe("application/json");
});

test.each([
  "/../secret.txt",
  "/%2e%2e/secret.txt",
  "/..%2fsecret.txt",
  "/assets/..%5c..%5csecret.txt",
])("%s does not leave the folder", async (path) => {
  const { send } = await openBuilt();
  const response = await send("GET", path);
  expect(response.status).toBe(404);
  expect(await response.text()).not.toBe("secret");
});

test("a dashboard that was not built is told how to build", async () => {
  for (const dashboardFolder of [undefined, join(createTestFolder(), "none")]) {
    const { send } = await openTestServer({ ...(dashboardFolder && { dashboardFolder }) });
    const response = await send("GET", "/");
    expect(response.headers.get("content-type")).toBe("text/plain; charset=UTF-8");
    expect(await response.text()).toContain("npm run build");
  }
});
