import { expect, test } from "vitest";
import { openTestServer, type TestServer, testApi } from "../../../tests/support/server.ts";
import { userId } from "../../domain/ids.ts";

const method = "POST";
const url = "/api/v1/events";
const click = { type: "click", userId: "ada", itemId: "a" };

/** Decision d-1 shows item a to ada. */
async function arrange({ send }: TestServer): Promise<void> {
  const candidates = [{ itemId: "a", features: {} }];
  await send("POST", "/api/v1/recommend", { userId: "ada", slateSize: 1, candidates });
}

const countEvents = (expected: number) => async (server: TestServer) => {
  expect(await server.store.events.count()).toBe(expected);
};

testApi(
  [
    {
      name: "an event on a shown item is rewarded, one on another item recorded",
      method,
      url,
      body: { events: [click, { ...click, itemId: "z" }] },
      status: 200,
      contains: [
        '"outcomes":["rewarded","recorded"]',
        '"counts":{"rewarded":1,"recorded":1,"late":0,"duplicate":0,"deferred":0}',
      ],
      after: countEvents(2),
    },
    {
      name: "an event id that comes again is a duplicate",
      method,
      url,
      body: {
        events: [
          { ...click, eventId: "e" },
          { ...click, eventId: "e", itemId: "z" },
        ],
      },
      status: 200,
      contains: ['"outcomes":["rewarded","duplicate"]'],
      after: countEvents(1),
    },
    {
      name: "one bad event and none is stored",
      method,
      url,
      body: { events: [click, { ...click, value: "much" }] },
      status: 400,
      contains: ['body field events[1].value is \\"much\\"', '"field":"events[1].value"'],
      after: countEvents(0),
    },
    {
      name: "one unknown decision and none is stored",
      method,
      url,
      body: { events: [click, { ...click, decisionId: "d-9" }] },
      status: 422,
      contains: ['"code":"unknown_decision"', "events[1]"],
      after: countEvents(0),
    },
    {
      name: "a decision that was made for another user is refused",
      method,
      url,
      body: { events: [{ ...click, userId: "bob", decisionId: "d-1" }] },
      status: 400,
      contains: ['"code":"invalid_request"', "events[0].userId"],
      after: countEvents(0),
    },
    {
      name: "no events are refused",
      method,
      url,
      body: { events: [] },
      status: 400,
      contains: ["body field events is []"],
    },
    {
      name: "1001 events are refused",
      method,
      url,
      body: { events: Array.from({ length: 1001 }, () => click) },
      status: 400,
      contains: ["body field events is", "1000"],
      after: countEvents(0),
    },
    {
      name: "1000 events are taken",
      method,
      url,
      body: { events: Array.from({ length: 1000 }, (_, n) => ({ ...click, itemId: `i${n}` })) },
      status: 200,
      contains: ['"recorded":1000'],
      after: countEvents(1000),
    },
    {
      name: "a time without a zone is refused",
      method,
      url,
      body: { events: [{ ...click, occurredAt: "2026-03-01T12:00:00" }] },
      status: 400,
      contains: ["events[0].occurredAt", "send a time with its zone, such as 2026-03-01T12:00:00Z"],
    },
    {
      name: "a day that the calendar doesn't have is refused",
      method,
      url,
      body: { events: [{ ...click, occurredAt: "2026-02-30T12:00:00Z" }] },
      status: 400,
      contains: ["events[0].occurredAt"],
    },
    {
      name: "a value beyond a double is refused",
      method,
      url,
      body: '{"events":[{"type":"click","userId":"ada","itemId":"a","value":1e999}]}',
      status: 400,
      contains: ["body field events[0].value is Infinity: send a finite number"],
      after: countEvents(0),
    },
  ],
  arrange,
);

test("an event is stored with its own time and value, absent ones are now and 1", async () => {
  const server = await openTestServer();
  const events = [
    { ...click, value: -2.5, occurredAt: "2026-02-01T01:00:00.250+01:00" },
    { ...click, itemId: "z" },
  ];
  await server.send(method, url, { events });
  const asOf = await server.store.sequence();
  const history = await server.store.events.history(userId("ada"), { asOf, limit: 10 });
  expect(history.map(({ itemId, value, occurredAt: at }) => [itemId, value, at])).toEqual([
    ["a", -2.5, Date.parse("2026-02-01T00:00:00.250Z")],
    ["z", 1, server.clock()],
  ]);
});

test("a reward that comes after the window is late", async () => {
  const server = await openTestServer();
  await arrange(server);
  server.advance(1800);
  const response = await server.send(method, url, { events: [{ ...click, decisionId: "d-1" }] });
  expect(await response.json()).toMatchObject({ outcomes: ["late"], counts: { late: 1 } });
});

test("a type that trains nothing is told in each answer and logged once, others in neither", async () => {
  const server = await openTestServer();
  const sendTypes = async (...types: string[]) => {
    const events = types.map((type) => ({ ...click, type }));
    return (await (await server.send(method, url, { events })).json()) as { warnings?: string[] };
  };
  const warning = "events of type 'clik' train nothing: did you mean 'click'?";
  expect(await sendTypes("click", "clik", "clik")).toMatchObject({ warnings: [warning] });
  expect((await sendTypes("clik")).warnings).toEqual([warning]);
  expect(await sendTypes("click")).not.toHaveProperty("warnings");
  expect(server.logged).toEqual([warning]);
});

test("of ever new types a hundred are logged", async () => {
  const server = await openTestServer();
  for (let turn = 0; turn < 11; turn++) {
    const events = Array.from({ length: 10 }, (_, n) => ({ ...click, type: `t-${turn}-${n}` }));
    await server.send(method, url, { events });
  }
  expect(server.logged).toHaveLength(100);
});
