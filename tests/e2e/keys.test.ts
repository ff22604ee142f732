import { request } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createClient } from "../../src/sdk/client.ts";
import { createTestFolder } from "../support/store.ts";
import { connect, eventually, runRecurve, startRecurve } from "./recurve.ts";

const serve = (folder: string, ...words: readonly string[]) =>
  startRecurve(folder, "serve", "--no-learner", "--port", "0", ...words);

/** `fetch` takes no `host` of its own. */
const statusFor = (url: string, host: string) =>
  new Promise((resolve, reject) => {
    const ask = request(`${url}/api/v1/users/ada`, { method: "DELETE", headers: { host } });
    ask.on("response", (answer) => resolve(answer.resume().statusCode));
    ask.on("error", reject).end();
  });

test("a key that is made and revoked beside a running server shuts and opens its doors within seconds", {
  timeout: 120_000,
}, async () => {
  const folder = createTestFolder();
  const client = await connect(serve(folder));
  expect((await client.listUsers()).rows).toEqual([]);
  expect(await statusFor(client.url, "evil.example")).toBe(403);
  expect(await statusFor(client.url, "localhost")).toBe(200);

  const { output } = await runRecurve(folder, "keys", "create", "--scope", "read", "--name", "ops");
  const [apiKey = ""] = /rk_\S+/.exec(output) ?? [];
  const code = (ask: () => Promise<unknown>) =>
    ask().then(
      () => "ok",
      (error: { code: string }) => error.code,
    );
  const keyed = createClient({ baseUrl: client.url, apiKey });
  const until = (ask: () => Promise<unknown>, wanted: string) =>
    eventually(async () => ((await code(ask)) === wanted ? wanted : undefined));
  await until(() => client.listUsers(), "unauthenticated");
  expect(await code(() => keyed.listUsers())).toBe("ok");
  expect(await code(() => keyed.putUser({ userId: "ada" }))).toBe("missing_scope");
  await runRecurve(folder, "keys", "revoke", "ops");
  await until(() => keyed.listUsers(), "unauthenticated");
  // The last key that ends opens nothing.
  expect(await code(() => client.listUsers())).toBe("unauthenticated");
  expect(await code(() => client.getReady())).toBe("ok");
});

test("a server for other machines starts with a key, and is refused without one", {
  timeout: 120_000,
}, async () => {
  const folder = createTestFolder();
  const network = ["--host", "0.0.0.0", "--database", join(folder, "shop.db")];
  expect(await serve(folder, ...network).ended()).toMatchObject({
    code: 1,
    output: expect.stringMatching(
      /host is 0\.0\.0\.0, .* recurve keys create .* \(invalid_configuration\)/,
    ),
  });
  await runRecurve(
    folder,
    ...["keys", "create", "--scope", "admin", "--name", "ops"],
    ...["--database", join(folder, "shop.db")],
  );
  await serve(folder, ...network).waitFor(/over plain HTTP/);
});
