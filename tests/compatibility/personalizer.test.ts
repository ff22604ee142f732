import { createRequire } from "node:module";
import { PersonalizerClient } from "@azure/cognitiveservices-personalizer";
import { describe, expect, test } from "vitest";
import { audit } from "../../src/engine/audit/audit.ts";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { openListeningServer } from "../support/listening-server.ts";

// Both official clients as they are published, against a server on a socket.

// A module of the older kind, whose declarations are of the newer.
const { default: createPersonalizerClient, isUnexpected } = createRequire(import.meta.url)(
  "@azure-rest/ai-personalizer",
) as typeof import("@azure-rest/ai-personalizer");

const configurationOf = (reward: object = {}, rules: object = {}) => ({
  baselineShare: 0,
  scenarios: [
    {
      name: "loop",
      slateSize: 1,
      excludeSeen: false,
      exploration: 0.2,
      rules,
      reward: { weights: { reward: 1 }, windowSeconds: 600, minimum: -1, maximum: 1, ...reward },
    },
  ],
  compatibility: { personalizer: { scenario: "loop" } },
});

const key = "a key that nobody checks";

/** As `CognitiveServicesCredentials` of ms-rest-azure-js sign a request. */
const credentials = {
  signRequest: async <T extends { headers: { set(name: string, value: string): void } }>(
    request: T,
  ) => {
    request.headers.set("Ocp-Apim-Subscription-Key", key);
    return request;
  },
};

async function openLoop(reward: object = {}, rules: object = {}) {
  const configuration = configurationOf(reward, rules);
  const server = await openListeningServer(configuration);
  const classic = new PersonalizerClient(credentials, server.url);
  const preview = createPersonalizerClient(server.url, { key }, { allowInsecureConnection: true });
  const runAudit = () =>
    audit({ store: server.store, configuration: parseConfiguration(configuration) });
  const rewardsOf = async (eventId: string) =>
    (await server.engine.findDecision(eventId))?.feedback.rewards;
  return { ...server, classic, preview, runAudit, rewardsOf };
}

const actions = ["pasta", "ice cream", "juice", "salad"].map((id, index) => ({
  id,
  features: [{ taste: index % 2 ? "sweet" : "salty" }, { nutrition: { calories: index } }],
}));
const contextFeatures = [{ timeOfDay: "morning" }, { device: { kind: "phone" } }];
const rankRequest = <More extends object>(more: More = {} as More) => ({
  contextFeatures,
  actions,
  ...more,
});

const slots = [
  { id: "top", features: [{ size: "large" }], excludedActions: ["salad"], baselineAction: "pasta" },
  { id: "side", features: [{ size: "small" }], baselineAction: "juice" },
];

describe("the client of v1.0", () => {
  test("ranks with exact probabilities, rewards and activates", async () => {
    const { classic, engine, rewardsOf, runAudit } = await openLoop();
    const ranked = await classic.rank(rankRequest({ eventId: "e-1", deferActivation: false }));
    expect(ranked._response.status).toBe(201);
    expect(ranked.eventId).toBe("e-1");
    expect(ranked.ranking?.[0]?.id).toBe(ranked.rewardActionId);
    const ids = new Set(actions.map(({ id }) => id));
    expect(new Set(ranked.ranking?.map(({ id }) => id))).toEqual(ids);
    expect(ranked.ranking?.map(({ probability }) => probability)).toEqual([0.25, 0.25, 0.25, 0.25]);
    await classic.events.activate("e-1");
    await classic.events.reward("e-1", { value: 0.5 });
    expect(await rewardsOf("e-1")).toEqual([0.5]);
    expect((await engine.findDecision("e-1"))?.feedback.decision).toMatchObject({
      context: { timeOfDay: "morning", device: { kind: "phone" } },
      slate: [ranked.rewardActionId],
      positionPropensities: [0.25],
    });
    expect(await runAudit()).toMatchObject({ decisions: 1, findings: [] });
  });

  test("ranks under the scenario's diversity, which changes no choice of one", async () => {
    const { classic, engine, runAudit } = await openLoop({}, { diversity: 0.9 });
    const ranked = await classic.rank(rankRequest({ eventId: "e-1" }));
    expect(ranked.ranking?.map(({ probability }) => probability)).toEqual([0.25, 0.25, 0.25, 0.25]);
    const { servingRule } = (await engine.findDecision("e-1"))?.feedback.decision ?? {};
    expect(servingRule?.rules).toEqual({ diversity: 0.9 });
    expect(await runAudit()).toMatchObject({ decisions: 1, findings: [] });
  });

  test("gets an error with Personalizer's code, at once", async () => {
    const { classic } = await openLoop();
    const twice = [...actions, actions[0]!];
    await expect(classic.rank({ actions: twice })).rejects.toMatchObject({
      statusCode: 400,
      body: { error: { code: "InvalidRankRequest", innerError: { code: "invalid_request" } } },
    });
    await expect(classic.events.reward("never", { value: 1 })).rejects.toMatchObject({
      statusCode: 404,
      body: { error: { code: "ResourceNotFound" } },
    });
    const late = classic.events.reward("never", { value: 1.5 });
    await expect(late).rejects.toMatchObject({
      body: { error: { code: "InvalidRewardRequest", message: expect.stringContaining("1.5") } },
    });
  });
});

describe("the client of v1.1-preview.3", () => {
  test("ranks, rewards and activates, and takes each success for one", async () => {
    const { preview, rewardsOf } = await openLoop();
    const ranked = await preview.path("/rank").post({ body: rankRequest() });
    if (isUnexpected(ranked)) throw ranked.body;
    const { eventId } = ranked.body;
    const rewarded = await preview
      .path("/events/{eventId}/reward", eventId)
      .post({ body: { value: -1 } });
    const activated = await preview.path("/events/{eventId}/activate", eventId).post();
    expect([rewarded.status, activated.status]).toEqual(["204", "204"]);
    expect([isUnexpected(rewarded), isUnexpected(activated)]).toEqual([false, false]);
    expect(rewarded.body).toBeUndefined();
    expect(await rewardsOf(eventId)).toEqual([-1]);
  });

  test("excluded actions stay in their places with probability 0", async () => {
    const { preview, runAudit } = await openLoop();
    for (let event = 0; event < 20; event++) {
      const body = rankRequest({ excludedActions: ["pasta", "juice"] });
      const ranked = await preview.path("/rank").post({ body });
      if (isUnexpected(ranked)) throw ranked.body;
      const { ranking, rewardActionId } = ranked.body;
      expect(ranking[0]).toEqual({ id: "pasta", probability: 0 });
      expect(ranking[2]).toEqual({ id: "juice", probability: 0 });
      expect(ranking[1]).toEqual({ id: rewardActionId, probability: 0.5 });
    }
    expect(await runAudit()).toMatchObject({ decisions: 20, findings: [] });
  });

  test("decides slots one after the other, never with the same action, and rewards them apart", async () => {
    const { preview, store, runAudit } = await openLoop();
    const events: string[] = [];
    for (let event = 0; event < 20; event++) {
      const ranked = await preview.path("/multislot/rank").post({ body: rankRequest({ slots }) });
      if (isUnexpected(ranked)) throw ranked.body;
      const [top, side] = ranked.body.slots;
      expect([top?.id, side?.id]).toEqual(["top", "side"]);
      expect(top?.rewardActionId).not.toBe("salad");
      expect(top?.rewardActionId).not.toBe(side?.rewardActionId);
      events.push(ranked.body.eventId);
    }
    const [eventId = ""] = events;
    const reward = [
      { slotId: "side", value: 1 },
      { slotId: "top", value: -0.5 },
    ];
    const rewarded = await preview
      .path("/multislot/events/{eventId}/reward", eventId)
      .post({ body: { reward } });
    const activated = await preview.path("/multislot/events/{eventId}/activate", eventId).post();
    expect([rewarded.status, isUnexpected(rewarded)]).toEqual(["204", false]);
    expect([activated.status, isUnexpected(activated)]).toEqual(["204", false]);
    const found = (await store.decisions.recent(40)).toReversed().slice(0, 2);
    expect(found.map(({ rewards }) => rewards)).toEqual([[-0.5], [1]]);
    expect(found.map(({ decision }) => decision.positionPropensities[0])).toEqual([1 / 3, 1 / 3]);
    const unknown = await preview
      .path("/multislot/events/{eventId}/reward", eventId)
      .post({ body: { reward: [{ slotId: "none", value: 1 }] } });
    expect([unknown.status, isUnexpected(unknown)]).toEqual(["400", true]);
    expect(await runAudit()).toMatchObject({ decisions: 40, findings: [] });
  });

  test("fills every slot that can be filled, and repeats the answer", async () => {
    const { preview, store, runAudit } = await openLoop();
    const out = actions.slice(2).map(({ id }) => id);
    const tight = [
      { id: "first", baselineAction: "pasta" },
      { id: "second", baselineAction: "ice cream", excludedActions: [...out, "pasta"] },
      { id: "third", baselineAction: "juice" },
    ];
    const rank = async (eventId: string) => {
      const body = rankRequest({ slots: tight, eventId });
      const ranked = await preview.path("/multislot/rank").post({ body });
      if (isUnexpected(ranked)) throw ranked.body;
      return ranked.body.slots.map(({ rewardActionId }) => rewardActionId);
    };
    for (let event = 0; event < 20; event++) {
      const chosen = await rank(`e-${event}`);
      expect([chosen[1], new Set(chosen).size]).toEqual(["ice cream", 3]);
      expect(await rank(`e-${event}`)).toEqual(chosen);
    }
    const found = await store.decisions.recent(60);
    const propensities = found.map(({ decision }) => decision.positionPropensities[0] ?? 0);
    expect(new Set(propensities)).toEqual(new Set([1 / 3, 1, 1 / 2]));
    expect(await runAudit()).toMatchObject({ decisions: 60, findings: [] });
  });

  test.each([
    ["no action", { actions: [] }, "at least one action"],
    [
      "51 actions",
      { actions: Array.from({ length: 51 }, (_, id) => ({ id: `${id}`, features: [{}] })) },
      "at most 50",
    ],
    ["an action without features", { actions: [{ id: "a", features: [] }] }, "at least one object"],
    [
      "all actions excluded",
      { actions, excludedActions: actions.map(({ id }) => id) },
      "all actions",
    ],
    ["an empty event id", { actions, eventId: "" }, "eventId"],
  ])("%s is refused", async (_, body, part) => {
    const { preview } = await openLoop();
    const refused = await preview.path("/rank").post({ body });
    expect(refused.status).toBe("400");
    expect(refused.headers["x-ms-error-code"]).toBe("InvalidRankRequest");
    expect(refused.body).toMatchObject({
      error: { code: "InvalidRankRequest", message: expect.stringContaining(part) },
    });
  });

  test.each([
    ["more slots than actions", { actions: actions.slice(0, 1), slots }, "an action for each"],
    [
      "a baseline twice",
      { actions, slots: [slots[0], { ...slots[0], id: "b" }] },
      "baselineAction twice",
    ],
    ["an unknown baseline", { actions, slots: [{ id: "a", baselineAction: "x" }] }, "is no action"],
    [
      "an excluded baseline",
      { actions, slots: [{ id: "a", baselineAction: "juice", excludedActions: ["juice"] }] },
      "excludes its baselineAction",
    ],
  ])("%s is refused", async (_, body, part) => {
    const { preview, store } = await openLoop();
    const refused = await preview.path("/multislot/rank").post({ body: body as never });
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([
      "400",
      expect.stringContaining(part),
    ]);
    expect(await store.decisions.count()).toBe(0);
  });
});

describe("an event", () => {
  test("that is ranked again gets the same answer, also at the same time", async () => {
    const { classic, store } = await openLoop();
    const body = rankRequest({ eventId: "again" });
    const answers = await Promise.all(Array.from({ length: 5 }, () => classic.rank(body)));
    answers.push(await classic.rank(body));
    const [first] = answers;
    for (const { ranking, rewardActionId } of answers)
      expect({ ranking, rewardActionId }).toEqual({
        ranking: first?.ranking,
        rewardActionId: first?.rewardActionId,
      });
    expect(await store.decisions.count()).toBe(1);
    const other = { ...body, actions: actions.slice(1) };
    await expect(classic.rank(other)).rejects.toMatchObject({ statusCode: 400 });
  });

  test.each([
    ["a feature named slot", [{ slot: { id: "top" }, page: "home" }]],
    ["features named as those of a slot", [{ context: { a: 1 }, slot: { id: "top" } }]],
  ])("of one place with %s is rewarded", async (_, contextFeatures) => {
    const { classic, rewardsOf, runAudit } = await openLoop();
    await classic.rank({ contextFeatures, actions, eventId: "e" });
    await classic.events.reward("e", { value: 1 });
    expect(await rewardsOf("e")).toEqual([1]);
    await classic.rank({ contextFeatures, actions, eventId: "later", deferActivation: true });
    await classic.events.reward("later", { value: 0.5 });
    await classic.events.activate("later");
    expect(await rewardsOf("later")).toEqual([0.5]);
    expect(await runAudit()).toMatchObject({ decisions: 2, findings: [] });
  });

  test("of several slots is repeated after its window, and late rewards change nothing", async () => {
    const { preview, store, advance } = await openLoop();
    const rank = async () => {
      const body = rankRequest({ slots, eventId: "both" });
      const ranked = await preview.path("/multislot/rank").post({ body });
      return [ranked.status, ranked.body];
    };
    const first = await rank();
    advance(700);
    expect(await rank()).toEqual(first);
    const reward = slots.map(({ id }) => ({ slotId: id, value: 1 }));
    const late = await preview
      .path("/multislot/events/{eventId}/reward", "both")
      .post({ body: { reward } });
    expect(late.status).toBe("204");
    const found = await store.decisions.recent(9);
    expect(found.map(({ rewards }) => rewards)).toEqual([[undefined], [undefined]]);
  });

  test("that is rewarded as one of the other kind is refused with the path for its own", async () => {
    const { preview, classic } = await openLoop();
    await preview.path("/multislot/rank").post({ body: rankRequest({ slots, eventId: "both" }) });
    await classic.rank(rankRequest({ eventId: "one" }));
    const plain = await preview
      .path("/events/{eventId}/reward", "both")
      .post({ body: { value: 1 } });
    const reward = [{ slotId: "top", value: 1 }];
    const bySlot = await preview
      .path("/multislot/events/{eventId}/reward", "one")
      .post({ body: { reward } });
    const messageOf = (body: unknown) => (body as { error: { message: string } }).error.message;
    expect([plain.status, bySlot.status]).toEqual(["400", "400"]);
    expect(messageOf(plain.body)).toBe(
      "the event has the slots top, side; send their rewards to /multislot/events/{eventId}/reward",
    );
    expect(messageOf(bySlot.body)).toBe(
      "the event has no slots; send its reward to /events/{eventId}/reward",
    );
  });

  test("that is deferred is no decision until it is activated, then its rewards count", async () => {
    const { classic, store, rewardsOf, clock, advance, runAudit } = await openLoop();
    const ranked = await classic.rank(rankRequest({ eventId: "later", deferActivation: true }));
    await classic.events.reward("later", { value: 0.25 });
    expect(await store.decisions.count()).toBe(0);
    const repeated = await classic.rank(rankRequest({ eventId: "later", deferActivation: true }));
    expect(repeated.ranking).toEqual(ranked.ranking);
    advance(300);
    await classic.events.activate("later");
    await classic.events.activate("later");
    const found = await store.decisions.find("later" as never);
    expect(found?.decision).toMatchObject({
      slate: [ranked.rewardActionId],
      decidedAt: clock(),
      expiresAt: clock() + 660_000,
    });
    expect(await rewardsOf("later")).toEqual([0.25]);
    expect(await runAudit()).toMatchObject({ decisions: 1, findings: [] });
  });

  test("that is deferred and not activated in time is forgotten", async () => {
    const { classic, store, advance } = await openLoop();
    await classic.rank(rankRequest({ eventId: "gone", deferActivation: true }));
    advance(660);
    await expect(classic.events.activate("gone")).rejects.toMatchObject({ statusCode: 404 });
    expect(await store.decisions.count()).toBe(0);
    await classic.rank(rankRequest({ eventId: "gone", deferActivation: true }));
  });

  test("that is deferred keeps rewards that come together", async () => {
    const { classic, rewardsOf } = await openLoop({ repeats: { reward: "sum" } });
    await classic.rank(rankRequest({ eventId: "e", deferActivation: true }));
    const send = (value: number) => classic.events.reward("e", { value });
    await Promise.all([send(0.125), send(0.25), classic.events.activate("e"), send(0.5)]);
    expect(await rewardsOf("e")).toEqual([0.875]);
  });

  test("of several slots is activated as one, with the rewards of each", async () => {
    const { preview, store } = await openLoop();
    const body = rankRequest({ slots, eventId: "both", deferActivation: true });
    await preview.path("/multislot/rank").post({ body });
    const reward = [{ slotId: "side", value: 1 }];
    await preview.path("/multislot/events/{eventId}/reward", "both").post({ body: { reward } });
    expect(await store.decisions.count()).toBe(0);
    await preview.path("/multislot/events/{eventId}/activate", "both").post();
    const found = (await store.decisions.recent(9)).toReversed();
    expect(found.map(({ rewards }) => rewards)).toEqual([[undefined], [1]]);
    expect(found.map(({ decision }) => decision.context.slot)).toEqual([
      { size: "large", id: "top" },
      { size: "small", id: "side" },
    ]);
  });

  test.each([
    ["the first reward", {}, 0.25],
    ["the sum of the rewards", { repeats: { reward: "sum" } }, 0.75],
    ["the largest reward", { repeats: { reward: "maximum" } }, 0.5],
  ])("has %s, and none that is late", async (_, rule, expected) => {
    const { classic, advance, rewardsOf } = await openLoop(rule);
    await classic.rank(rankRequest({ eventId: "e" }));
    await classic.events.reward("e", { value: 0.25 });
    await classic.events.reward("e", { value: 0.5 });
    advance(601);
    await classic.events.reward("e", { value: 1 });
    expect(await rewardsOf("e")).toEqual([expected]);
  });
});

test("a rank that can't be recorded has the caller's own choice, and no decision", async () => {
  const { classic, store, logged } = await openLoop();
  await store.close();
  const ranked = await classic.rank(rankRequest({ excludedActions: ["pasta"] }));
  expect(ranked.rewardActionId).toBe("ice cream");
  expect(ranked.ranking?.map(({ probability }) => probability)).toEqual([0, 1, 0, 0]);
  expect(logged).toEqual([expect.stringMatching(/^POST \/personalizer\/v1.0\/rank: /)]);
});

test("without the configuration there is no such wire, and a wrong one is refused", async () => {
  const { url } = await openListeningServer(undefined);
  const response = await fetch(`${url}/personalizer/v1.0/rank`, { method: "POST" });
  expect(response.status).toBe(404);
  const configuration = configurationOf({ weights: { click: 1 } });
  expect(() => parseConfiguration(configuration)).toThrow("no weight for 'reward'");
});
