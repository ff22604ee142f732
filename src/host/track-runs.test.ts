import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { addCycles, sampleCycle } from "../../tests/support/played-cycles.ts";
import { openShop, shopConfiguration } from "../../tests/support/shop.ts";
import { parseConfiguration } from "../engine/configuration/configuration.ts";
import { trackRuns } from "./track-runs.ts";

/** Looks so many times, and collects the problems. */
async function look(times: number, tracking: object) {
  const { store } = await openShop({ items: 3 });
  await addCycles(store, sampleCycle());
  const stopped = new AbortController();
  const problems: string[] = [];
  let looks = 0;
  await trackRuns({
    store,
    configuration: parseConfiguration(shopConfiguration({ rest: { tracking } })),
    signal: stopped.signal,
    onError: ({ message }) => problems.push(message),
    wait: async () => {
      looks += 1;
      if (looks === times) stopped.abort();
    },
  });
  return { problems, looks };
}

test("without a server nothing is looked at", async () => {
  expect(await look(3, {})).toEqual({ problems: [], looks: 0 });
});

test("a server that stays away is reported once, another problem again", async () => {
  const away = await look(3, { uri: "http://127.0.0.1:1" });
  expect(away.problems).toEqual([
    expect.stringMatching(/^http:\/\/127\.0\.0\.1:1 can't be reached/),
  ]);
  expect(away.looks).toBe(3);

  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.writeHead(requests < 3 ? 500 : 401).end("no");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { problems } = await look(4, { uri: `http://127.0.0.1:${port}` });
  expect(problems).toEqual([
    expect.stringMatching(/status 500/),
    expect.stringMatching(/status 401/),
  ]);
});

test("a variable that names no server is an error before the first look", async () => {
  vi.stubEnv("MLFLOW_TRACKING_URI", "databricks");
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(look(1, {})).rejects.toMatchObject({ code: "invalid_configuration" });
});
