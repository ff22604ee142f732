// @vitest-environment happy-dom
import * as React from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { transformWithOxc } from "vite";
import { expect, onTestFinished, test, vi } from "vitest";
import { createRecurve } from "../src/host/create-recurve.ts";
import { useRecommendations } from "../src/react/use-recommendations.ts";
import { createClient } from "../src/sdk/client.ts";
import { readDocument } from "./support/documents.ts";

type Container = Parameters<typeof createRoot>[0] & {
  readonly textContent: string;
  querySelectorAll(selector: string): Iterable<{ click(): void }>;
};
declare const document: { createElement(name: string): Container };

/** The component of the serving guide, its imports given as arguments. */
async function readComponent(): Promise<React.FunctionComponent<{ readonly userId: string }>> {
  const { text } = readDocument("docs/guides/serving.md");
  const [, block = ""] = /^```jsx\n([\s\S]*?)^```$/m.exec(text)!;
  const body = block.replaceAll(/^import .*\n/gm, "").replace("export function", "function");
  const jsx = { runtime: "classic" } as const;
  const { code } = await transformWithOxc(body, "for-you.jsx", { jsx, sourcemap: false });
  const names = ["React", "useRecommendations", "createClient"];
  const define = new Function(...names, `${code}\nreturn ForYou;`);
  return define(React, useRecommendations, createClient);
}

test("the component of the serving guide draws one slate and has its click rewarded", async () => {
  const server = await createRecurve({ database: ":memory:", learner: false });
  onTestFinished(() => server.close());
  await server.putItems(["tea", "pot", "mug"].map((itemId) => ({ itemId })));
  // The page's own site passes requests on to Recurve.
  vi.stubGlobal("fetch", (url: string, init: RequestInit) =>
    server.fetch(new Request(`http://127.0.0.1:7400${url.replace("/recurve", "")}`, init)),
  );
  onTestFinished(() => void vi.unstubAllGlobals());
  const recurve = createClient({ baseUrl: "/recurve" });

  const page = document.createElement("div");
  const root = createRoot(page);
  onTestFinished(() => root.unmount());
  const forYou = React.createElement(await readComponent(), { userId: "ada" });
  flushSync(() => root.render(forYou));
  await expect.poll(() => [...page.querySelectorAll("a")].length).toBe(3);
  const [, second] = page.querySelectorAll("a");
  second!.click();
  const { rows } = await recurve.listDecisions({ userId: "ada" });
  expect(rows).toHaveLength(1);
  const { decisionId, slate } = rows[0]!;
  expect(page.textContent).toBe(slate.map(({ itemId }) => itemId).join(""));
  const rewards = async () => (await recurve.getDecision(decisionId)).rewards;
  await expect.poll(rewards).toEqual([null, 1, null]);
});
