import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../bench/machine.ts";
import { serveCommand } from "../src/cli/commands/serve.ts";
import { openTestServer } from "./support/server.ts";

const read = (name: string) => readFileSync(join(repository, "deploy", name), "utf8");

/** Names of all metrics with their labels, as a server that has answered, recorded and learnt exports them. */
async function exportedMetrics(): Promise<ReadonlySet<string>> {
  const { send, store, clock } = await openTestServer();
  await store.heartbeats.beat(clock());
  const text = await (await send("GET", "/metrics")).text();
  const names = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = "", type]) =>
    type === "histogram" ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
  );
  return new Set(names);
}

const namedIn = (text: string) =>
  new Set([...text.matchAll(/\b(?:recurve|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name));

test.each(["grafana-dashboard.json", "alerts.yaml"])(
  "every metric of %s is one that a server exports",
  async (name) => {
    const named = namedIn(read(name));
    expect(named.size).toBeGreaterThan(5);
    const exported = await exportedMetrics();
    expect([...named].filter((metric) => !exported.has(metric))).toEqual([]);
  },
);

test("the dashboard has a panel for each of Recurve's own metrics", async () => {
  const shown = namedIn(read("grafana-dashboard.json"));
  const own = [...(await exportedMetrics())].filter((name) => /^recurve_.*(?<!_sum)$/.test(name));
  // Its age is shown; an apprentice is an exception.
  const left = ["recurve_learner_up", "recurve_apprentice_match_rate"];
  expect(own.filter((name) => !shown.has(name) && !left.includes(name))).toEqual([]);
});

test("the container runs as another user than root, from files that the repository or its build has", () => {
  const text = read("Dockerfile");
  const [, last = ""] = text.split(/^FROM .*$/m).slice(-2);
  expect(last).toMatch(/^USER node$/m);
  const copied = [...text.matchAll(/^COPY (?:--from=build )?(.+) \S+$/gm)].flatMap(
    ([, paths = ""]) => paths.split(" "),
  );
  const built = ["dist", "node_modules"];
  const needed = copied
    .map((path) => path.replace(/^\/recurve\//, ""))
    .filter((path) => !built.includes(path) && !path.includes("*"));
  expect(needed.length).toBeGreaterThan(3);
  expect(needed.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
});

test("environment and options of the unit and the container are those of recurve serve", () => {
  const { options } = serveCommand();
  const named = [...read("Dockerfile").matchAll(/\b(RECURVE_\w+)=/g)].map(([, name]) => name);
  expect(named).toEqual(["RECURVE_DATABASE", "RECURVE_HOST"]);
  expect(options.map(({ envVar }) => envVar)).toEqual(expect.arrayContaining(named));
  const [, words = ""] = /main\.js serve (.*)$/m.exec(read("recurve.service")) ?? [];
  const used = words.match(/--[\w-]+/g) ?? [];
  expect(options.map(({ long }) => long)).toEqual(expect.arrayContaining(used));
});
