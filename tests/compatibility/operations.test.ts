import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { PersonalizerClient } from "@azure/cognitiveservices-personalizer";
import { Gorse } from "gorsejs";
import { expect, test } from "vitest";
import { openListeningServer } from "../support/listening-server.ts";

// Every operation that the official clients have, by their own lists of them.

const required = createRequire(import.meta.url);
const { default: createPersonalizerClient, isUnexpected } = required(
  "@azure-rest/ai-personalizer",
) as typeof import("@azure-rest/ai-personalizer");

const configuration = {
  scenarios: [
    {
      name: "loop",
      slateSize: 1,
      excludeSeen: false,
      reward: { weights: { reward: 1, like: 1 }, windowSeconds: 600, maximum: 1 },
    },
  ],
  compatibility: { personalizer: { scenario: "loop" }, gorse: { scenario: "loop" } },
};

/** Keys of the map of successes that the preview client is published with. */
function listOperations(): readonly string[] {
  const entry = required.resolve("@azure-rest/ai-personalizer");
  const file = join(entry, "../../dist-esm/src/isUnexpected.js");
  return [...readFileSync(file, "utf8").matchAll(/^ {4}"([A-Z]+ \/\S+)": \[/gm)].map(
    ([, operation = ""]) => operation,
  );
}

interface Answered {
  readonly status: string;
  readonly headers: object;
  readonly body: unknown;
}

test("each operation of Azure's preview client is answered as the client expects it, but those that the guide names", {
  timeout: 60_000,
}, async () => {
  const { url, advance, clock } = await openListeningServer(configuration);
  const client = createPersonalizerClient(url, { key: "k" }, { allowInsecureConnection: true });
  const actions = ["a", "b"].map((id) => ({ id, features: [{ id }] }));
  const slots = ["top", "side"].map((id, index) => ({
    id,
    features: [{ id }],
    baselineAction: actions[index]!.id,
  }));
  const reward = { body: { value: 1 } };
  const slotReward = { body: { reward: [{ slotId: "top", value: 1 }] } };
  const found: Record<string, Answered> = {};
  const ask = async (operation: string, asking: PromiseLike<unknown>) => {
    const answer = (await asking) as Answered;
    found[operation] = answer;
    return answer;
  };
  const { path } = client;
  await ask("POST /rank", path("/rank").post({ body: { actions, eventId: "one" } }));
  const one = ["/events/{eventId}/reward", "/events/{eventId}/activate"] as const;
  await ask(`POST ${one[0]}`, path(one[0], "one").post(reward));
  await ask(`POST ${one[1]}`, path(one[1], "one").post());
  const multi = { body: { actions, slots, eventId: "two" } };
  await ask("POST /multislot/rank", path("/multislot/rank").post(multi));
  const two = [
    "/multislot/events/{eventId}/reward",
    "/multislot/events/{eventId}/activate",
  ] as const;
  await ask(`POST ${two[0]}`, path(two[0], "two").post(slotReward));
  await ask(`POST ${two[1]}`, path(two[1], "two").post());
  const service = await ask("GET /configurations/service", path("/configurations/service").get());
  const same = { body: service.body as never };
  await ask("PUT /configurations/service", path("/configurations/service").put(same));
  const policy = path("/configurations/policy");
  await ask("GET /configurations/policy", policy.get());
  const settings = { name: "vw", arguments: "--cb_explore_adf" };
  await ask("PUT /configurations/policy", policy.put({ body: settings }));
  await ask("DELETE /configurations/policy", policy.delete());
  await ask("GET /logs/properties", path("/logs/properties").get());
  advance(700);
  const span = { startTime: new Date(clock() - 3_600_000), endTime: new Date(clock()) };
  const asked = { name: "first", ...span, policies: [] };
  const made = await ask("POST /evaluations", path("/evaluations").post({ body: asked }));
  const { id } = made.body as { id: string };
  await ask("GET /evaluations", path("/evaluations").get());
  const evaluation = path("/evaluations/{evaluationId}", id);
  await ask("GET /evaluations/{evaluationId}", evaluation.get());
  const apply = path("/configurations/applyFromEvaluation");
  const online = { body: { evaluationId: id, policyName: "Online" } };
  await ask("POST /configurations/applyFromEvaluation", apply.post(online));
  await ask("DELETE /evaluations/{evaluationId}", evaluation.delete());
  await ask("GET /model/properties", path("/model/properties").get());
  await ask("GET /model", path("/model").get());
  await ask("DELETE /model", path("/model").delete());
  const bytes = new Uint8Array(
    await (await fetch(`${url}/personalizer/v1.1-preview.3/model`)).arrayBuffer(),
  );
  const contentType = "application/octet-stream" as const;
  await ask("PUT /model", path("/model").put({ body: bytes, contentType }));
  await ask("DELETE /logs", path("/logs").delete());
  await ask("POST /logs/interactions", path("/logs/interactions").post({ body: "x" }));
  await ask("POST /logs/observations", path("/logs/observations").post({ body: "x" }));

  expect(new Set(Object.keys(found))).toEqual(new Set(listOperations()));
  const failed = Object.entries(found).filter(([, answer]) => isUnexpected(answer as never));
  expect(failed.map(([operation, { status }]) => `${operation}: ${status}`)).toEqual([
    "PUT /configurations/policy: 400",
    "DELETE /evaluations/{evaluationId}: 204",
    "DELETE /logs: 403",
    "POST /logs/interactions: 403",
    "POST /logs/observations: 403",
  ]);
});

test("Azure's classic client has three operations, and each is answered", async () => {
  const { url } = await openListeningServer(configuration);
  const credentials = { signRequest: async <T>(request: T) => request };
  const client = new PersonalizerClient(credentials as never, url);
  const actions = ["a", "b"].map((id) => ({ id, features: [{ id }] }));
  const { eventId } = await client.rank({ actions });
  await client.events.reward(eventId!, { value: 1 });
  await client.events.activate(eventId!);
  const own = Object.getOwnPropertyNames(Object.getPrototypeOf(client.events));
  expect([typeof client.rank, ...own]).toEqual(["function", "constructor", "reward", "activate"]);
});

test("each method of gorsejs succeeds", async () => {
  const { url } = await openListeningServer(configuration);
  const client = new Gorse<string>({ endpoint: `${url}/gorse`, secret: "k" });
  const Timestamp = "2026-02-01T00:00:00Z";
  const item = (ItemId: string) => ({
    ItemId,
    IsHidden: false,
    Timestamp,
    Categories: ["a"],
    Labels: ["x"],
    Comment: "",
  });
  const user = (UserId: string) => ({ UserId, Labels: ["x"], Comment: "", Subscribe: [] });
  const like = { FeedbackType: "like", UserId: "ada", ItemId: "tea", Timestamp };
  const filter = { type: "like", userId: "ada", itemId: "tea" };
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    upsertItem: () => client.upsertItem(item("tea")),
    upsertItems: () => client.upsertItems([item("mug"), item("pot")]),
    updateItem: () => client.updateItem("mug", item("mug")),
    insertItemCategory: () => client.insertItemCategory("mug", "b"),
    deleteItemCategory: () => client.deleteItemCategory("mug", "b"),
    getItem: () => client.getItem("tea"),
    getItems: () => client.getItems({ n: 2 }),
    insertUser: () => client.insertUser(user("ada") as never),
    insertUsers: () => client.insertUsers([user("bob")] as never),
    updateUser: () => client.updateUser("ada", user("ada") as never),
    getUser: () => client.getUser("ada"),
    getUsers: () => client.getUsers({ n: 2 }),
    insertFeedbacks: () => client.insertFeedbacks([like]),
    upsertFeedbacks: () => client.upsertFeedbacks([{ ...like, UserId: "bob" }]),
    getFeedback: () => client.getFeedback(filter),
    getFeedbacks: () => client.getFeedbacks("like"),
    getItemFeedback: () => client.getItemFeedback("tea"),
    getItemFeedbackByType: () => client.getItemFeedbackByType("tea", "like"),
    getUserFeedback: () => client.getUserFeedback("ada"),
    getUserFeedbackByType: () => client.getUserFeedbackByType("ada", "like"),
    getPopular: () => client.getPopular({}),
    getLatest: () => client.getLatest({}),
    getRecommend: () => client.getRecommend({ userId: "ada" }),
    getSessionRecommend: () => client.getSessionRecommend([like]),
    getItemNeighbors: () => client.getItemNeighbors({ itemId: "tea" }),
    getUserNeighbors: () => client.getUserNeighbors({ userId: "ada" }),
    deleteFeedback: () => client.deleteFeedback(filter),
    deleteItem: () => client.deleteItem("pot"),
    deleteUser: () => client.deleteUser("bob"),
  };
  const methods = Object.getOwnPropertyNames(Gorse.prototype).filter(
    (name) => name !== "constructor",
  );
  expect(new Set(Object.keys(calls))).toEqual(new Set(methods));
  for (const [name, call] of Object.entries(calls))
    expect([name, (await call()) === undefined]).toEqual([name, false]);
});
