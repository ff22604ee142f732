import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { evaluateLog } from "../src/analysis/off-policy/evaluate-log.ts";
import { openLog } from "../src/analysis/off-policy/open-log.ts";
import { uniformTarget } from "../src/analysis/off-policy/target-policy.ts";
import { serveCommand } from "../src/cli/commands/serve.ts";
import { describeEvaluation } from "../src/cli/evaluate/describe-evaluation.ts";
import { parseConfiguration } from "../src/engine/configuration/configuration.ts";
import { loadConfiguration } from "../src/engine/configuration/load-configuration.ts";
import { createClient } from "../src/sdk/client.ts";
import { startNode } from "./e2e/recurve.ts";
import { builtCommand, builtPackage } from "./support/built-command.ts";
import { dataFolder } from "./support/data-folder.ts";
import { readDocument, readDocuments } from "./support/documents.ts";
import { openTestServer } from "./support/server.ts";
import { createTestFolder } from "./support/store.ts";

/** Fenced blocks of a document with their language. */
const blocksOf = (path: string) =>
  [...readDocument(path).text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, language = "", code = ""]) => ({ language, code }),
  );

/** The requests of a document, each with the answer that is shown below it. */
function readExchanges(path: string) {
  const blocks = blocksOf(path);
  return blocks.flatMap(({ code }, index) => {
    const sent = /^curl -X (\w+) http:\/\/127\.0\.0\.1:7400(\S+) .* -d '([\s\S]+)'\n$/.exec(code);
    if (sent === null) return [];
    const [, method = "", url = "", body = ""] = sent;
    const answer = JSON.parse(blocks[index + 1]?.code ?? "") as Record<string, unknown>;
    return [{ method, url, body, answer }];
  });
}

type Exchange = ReturnType<typeof readExchanges>[number];

test("the requests of the serving guide are answered as it says", async () => {
  const exchanges = readExchanges("docs/guides/serving.md");
  expect(exchanges.map(({ url }) => url)).toEqual([
    "/api/v1/items",
    "/api/v1/recommend",
    "/api/v1/events",
  ]);
  const { send } = await openTestServer();
  const [items, recommend, events] = exchanges as [Exchange, Exchange, Exchange];
  const ask = async ({ method, url, body }: Exchange) =>
    (await (await send(method, url, body)).json()) as Record<string, unknown>;

  expect(await ask(items)).toEqual(items.answer);

  const shown = recommend.answer;
  const answered = await ask(recommend);
  expect(Object.keys(answered)).toEqual(Object.keys(shown));
  const propensities = ({ slate }: Record<string, unknown>) =>
    (slate as { propensity: number }[]).map(({ propensity }) => propensity);
  for (const [position, propensity] of propensities(answered).entries()) {
    expect(propensity).toBeCloseTo(propensities(shown)[position] ?? Number.NaN, 12);
  }
  expect([answered.scenario, answered.arm]).toEqual([shown.scenario, shown.arm]);

  // Ids and the draw are of their own each time: the events are sent for what was shown here.
  const [pot, tea] = (answered.slate as { itemId: string }[]).map(({ itemId }) => itemId);
  const body = events.body
    .replace(String(shown.decisionId), String(answered.decisionId))
    .replace('"pot"', `"${pot}"`)
    .replace('"tea"', `"${tea}"`);
  expect(await ask({ ...events, body })).toEqual(events.answer);
});

test("the SDK example of the README runs and is rewarded", async () => {
  const { app, engine } = await openTestServer();
  const client = createClient({ baseUrl: "", fetch: async (url, init) => app.request(url, init) });
  const titles = ["Toy Story", "Heat", "Fargo", "Alien", "Brazil", "Diva"];
  await client.putItems(
    titles.map((title, index) => ({ itemId: `${index + 1}`, attributes: { title } })),
  );
  const [block] = blocksOf("README.md").filter(({ language }) => language === "js");
  const code = (block?.code ?? "").replace('import { createClient } from "recurve/sdk";\n', "");
  expect(code.trimEnd().split("\n").length).toBeLessThanOrEqual(10);

  const printed: unknown[][] = [];
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  await new AsyncFunction("createClient", "console", code)(() => client, {
    log: (...values: unknown[]) => printed.push(values),
  });
  expect(printed).toHaveLength(6);
  expect(printed.slice(0, 5).map(([position]) => position)).toEqual([0, 1, 2, 3, 4]);
  expect(printed.slice(0, 5).every(([, title]) => titles.includes(String(title)))).toBe(true);
  expect(printed.at(-1)).toEqual([["rewarded"]]);
  expect(await engine.countDecisions("items")).toBe(1);
});

test("the configuration guide's TypeScript is read, and has the first scenario of the defaults", async () => {
  const [block] = blocksOf("docs/guides/configuration.md").filter(
    ({ language }) => language === "ts",
  );
  const path = join(createTestFolder(), "recurve.config.ts");
  writeFileSync(path, block?.code ?? "");
  const defaults = parseConfiguration();
  expect(await loadConfiguration(path)).toEqual({
    ...defaults,
    scenarios: defaults.scenarios.slice(0, 1),
  });
});

test("the example of the embedding guide runs and ends", { timeout: 120_000 }, async () => {
  const code = blocksOf("docs/guides/embedding.md")[0]?.code ?? "";
  const database = join(createTestFolder(), "shop.db");
  const program = code.replace('"shop.db"', JSON.stringify(database));
  expect(program).not.toBe(code);
  const running = startNode(["--input-type=module", "--eval", program], { cwd: builtPackage() });
  expect(await running.ended()).toEqual({ code: 0, output: "[ 'tea' ]\n" });
});

test("the example of the rules guide gives its slate", { timeout: 120_000 }, async () => {
  const [program = ""] = blocksOf("docs/guides/rules.md").flatMap(({ language, code }) =>
    language === "js" ? [code] : [],
  );
  const running = startNode(["--input-type=module", "--eval", program], { cwd: builtPackage() });
  expect(await running.ended()).toEqual({ code: 0, output: "[ 'pot', 'tea' ]\n" });
});

test("the example of the explanations guide prints as it says", { timeout: 120_000 }, async () => {
  const blocks = blocksOf("docs/guides/explanations.md");
  const [program, printed] = ["js", "text"].map(
    (wanted) => blocks.find(({ language }) => language === wanted)?.code ?? "",
  );
  const running = startNode(["--input-type=module", "--eval", program ?? ""], {
    cwd: builtPackage(),
  });
  expect(await running.ended()).toEqual({ code: 0, output: printed });
});

test("the example of the ads guide serves, charges and reports", { timeout: 120_000 }, async () => {
  const [program = ""] = blocksOf("docs/guides/ads.md").flatMap(({ language, code }) =>
    language === "js" ? [code] : [],
  );
  const running = startNode(["--input-type=module", "--eval", program], { cwd: builtPackage() });
  const { code, output } = await running.ended();
  expect([code, output.replace(/\s+/g, " ")]).toEqual([
    0,
    "[ 'banner-3' ] [ [ 'house', 'running', 0.01 ], [ 'shoes', 'ended', 0 ], [ 'spring', 'exhausted', 0.4 ] ] ",
  ]);
});

test("the feed guide leads from an empty folder to a feed, a clean audit and its activity", {
  timeout: 240_000,
}, async () => {
  const { text } = readDocument("docs/guides/feed.md");
  const folder = mkdtempSync(join(builtPackage(), "feed-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [, name = "", content = ""] of text.matchAll(
    /^`([\w.]+)`:\n\n```\w+\n([\s\S]*?)^```$/gm,
  ))
    writeFileSync(join(folder, name.replace(/js$/, "mjs")), content);
  // Its page is a program of examples/, which has a test of its own.
  const lines = blocksOf("docs/guides/feed.md").flatMap(({ language, code }) =>
    language === "sh" ? (code.match(/^(npx recurve|node) .+/gm) ?? []) : [],
  );
  const outputs: string[] = [];
  for (const line of lines) {
    const [, ...args] = line.replace("feed.js", "feed.mjs").split(" ");
    const program = args[0] === "recurve" ? [builtCommand(), ...args.slice(1)] : args;
    const { code, output } = await startNode(program, { cwd: folder }).ended();
    expect([line, code, output]).toEqual([line, 0, output]);
    outputs.push(output);
  }
  const printed = [...text.matchAll(/^console\.log\(.*\/\/ (.*)$/gm)].map(([, value]) => value);
  expect(outputs.slice(0, 4).every((output) => /refused +0/.test(output))).toBe(true);
  expect(outputs[4]).toBe(`${printed.join("\n")}\n`);
  expect(outputs[5]).toMatch(/2 decisions/);
  expect(outputs[6]).toMatch(/1 users, 1 sessions/);
});

test("the configuration guide shows the defaults", () => {
  const [block] = blocksOf("docs/guides/configuration.md").filter(
    ({ language }) => language === "json",
  );
  const shown = parseConfiguration(JSON.parse(block?.code ?? ""));
  const defaults = parseConfiguration();
  expect(shown).toEqual({ ...defaults, scenarios: defaults.scenarios.slice(0, 1) });
});

const evaluateUniform = async (path: string) =>
  evaluateLog(await openLog(path), async () => uniformTarget);

test("the logs of the off-policy guide are read", async () => {
  const { text } = readDocument("docs/guides/off-policy.md");
  const files = [...text.matchAll(/`(shop\.\w+)`:\n\n```\n([\s\S]*?)^```$/gm)];
  const folder = createTestFolder();
  const read = files.map(async ([, name = "", content = ""]) => {
    writeFileSync(join(folder, name), content);
    const { log } = await evaluateUniform(join(folder, name));
    return [name, log.format, log.rows];
  });
  expect(await Promise.all(read)).toEqual([
    ["shop.csv", "table CSV", 3],
    ["shop.dsjson", "VowpalWabbit dsjson", 2],
  ]);
});

const openBandit = join(dataFolder, "obd/bts/men");

test.skipIf(!existsSync(openBandit))(
  "the off-policy guide shows what is printed (needs RECURVE_DATA)",
  // Reads 3 MB of CSV twice: long where other programs share the cores.
  { timeout: 60_000 },
  async () => {
    const [block] = blocksOf("docs/guides/off-policy.md").filter(
      ({ language }) => language === "text",
    );
    const withoutFile = (text: string) => text.trimEnd().split("\n").slice(1);
    expect(withoutFile(describeEvaluation(await evaluateUniform(openBandit)))).toEqual(
      withoutFile(block?.code ?? ""),
    );
  },
);

test("addresses have the port that the server takes by default", () => {
  const { defaultValue } = serveCommand().options.find(({ long }) => long === "--port") ?? {};
  const ports = readDocuments().flatMap(({ text }) =>
    [...text.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port)),
  );
  expect(ports.length).toBeGreaterThan(3);
  expect(new Set(ports)).toEqual(new Set([defaultValue]));
});
