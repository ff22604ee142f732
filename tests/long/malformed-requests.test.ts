import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { errorCodes } from "../../src/domain/errors.ts";
import { expectDocumented } from "../support/documented-codes.ts";
import { openTestServer, type TestServer } from "../support/server.ts";

/** All of it takes 20 minutes on two cores: npm run test:long. */
const runs = process.env.RECURVE_LONG === undefined ? 2000 : 1_000_000;
/** A server's record grows with the requests that are well-formed after all. */
const runsOfServer = 20_000;
/** A request may keep the processor so long. Processor time, as a busy machine stretches that of the clock. */
const longestStallMs = 100;
const seed = 20;

const configuration = {
  scenarios: [
    {
      name: "shop",
      slateSize: 1,
      excludeSeen: false,
      reward: { weights: { click: 1, reward: 1 }, windowSeconds: 60, maximum: 1 },
    },
  ],
  compatibility: { gorse: { scenario: "shop" }, personalizer: { scenario: "shop" } },
};

/** Fields of all bodies and queries, so that many requests are refused late. */
const fields =
  "itemId userId items users events attributes features context candidates scenario slateSize seed categories available type value eventId occurredAt decisionId kind version by reason limit after since bucketSeconds actions id contextFeatures excludedActions deferActivation slots baselineAction reward slotId ItemId UserId FeedbackType Timestamp Labels Comment IsHidden n offset cursor write-back-type write-back-delay rewardWaitTime defaultReward explorationPercentage name startTime endTime policies deferred idempotencyKey relatedTo rules requests distinct consent train personalise to edges pays bid budget frequencyCap startsAt endsAt against from".split(
    " ",
  );
const odd = fc.constantFrom<unknown>(
  ...["", ".", "..", "a", "ada", "shop", "click", "__proto__", "\u0000", "\ud800", "x".repeat(257)],
  ...["2026-03-01T12:00:00Z", "0001-01-01T00:00:00Z", "10m", "-1", "1e999", "%", "/", "💥"],
  ...[-1, 0, 0.5, 1, 1e308, 2 ** 53, true, false, null, [], {}, "pause", "pin", "approve"],
);
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    odd,
    fc.jsonValue({ maxDepth: 2 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...fields), tie("value"), { maxKeys: 6 }),
  ),
}));
const text = fc.oneof(
  { weight: 8, arbitrary: anyValue.map((value) => JSON.stringify(value)) },
  fc.string({ maxLength: 40 }),
  fc.constantFrom(`${"[".repeat(40)}${"]".repeat(40)}`, `${'{"a":'.repeat(9000)}1`, '{"a":1e400}'),
);
const body = fc.oneof(
  { weight: 9, arbitrary: text },
  { weight: 1, arbitrary: fc.tuple(text, fc.nat(20)).map(([whole, cut]) => whole.slice(0, -cut)) },
  fc.uint8Array({ maxLength: 40 }),
);
const types = [
  "application/json",
  "application/json; charset=utf-8",
  "text/plain",
  "application/octet-stream",
  "",
];

interface Malformed {
  readonly route: number;
  readonly ids: readonly unknown[];
  readonly query: Readonly<Record<string, unknown>>;
  readonly type: string;
  readonly body: string | Uint8Array;
}

const malformed: fc.Arbitrary<Malformed> = fc.record({
  route: fc.nat(),
  ids: fc.array(odd, { minLength: 4, maxLength: 4 }),
  query: fc.dictionary(fc.constantFrom(...fields), odd, { maxKeys: 3 }),
  type: fc.oneof({ weight: 9, arbitrary: fc.constant(types[0]!) }, fc.constantFrom(...types)),
  body,
});

const toText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
/** A lone surrogate can't be encoded, and is sent as it is. */
const encode = (value: unknown) => {
  const plain = toText(value);
  return /\p{Surrogate}/u.test(plain) ? "%ED%A0%80" : encodeURIComponent(plain);
};

interface Slowest {
  ms: number;
  request: string;
}

const schedule = "/proc/thread-self/schedstat";
const knowsThread = existsSync(schedule);

/** Of this thread, whose work blocks the event loop; of all threads, garbage collectors included, on systems but Linux. */
function processorMs(): number {
  if (knowsThread) return Number(readFileSync(schedule, "utf8").split(" ")[0]) / 1e6;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function timed<T>(answer: () => Promise<T>): Promise<{ answered: T; ms: number }> {
  const before = processorMs();
  const answered = await answer();
  return { answered, ms: processorMs() - before };
}

type Ask = (server: TestServer) => Promise<{ response: Response; answer: string }>;

/**
 * Notes the request whose answer took the most of the processor: no stall of the event loop was longer. One above the limit is asked again,
 * of the same server and of a new one, and the longer of the two counts: a collection of everybody's garbage is not its own.
 */
async function noteTime(
  slowest: Slowest,
  request: string,
  { server, ask }: { server: TestServer; ask: Ask },
) {
  const { answered, ms: first } = await timed(() => ask(server));
  let ms = first;
  if (first >= longestStallMs) {
    const fresh = await openTestServer({ configuration });
    const again = [await timed(() => ask(server)), await timed(() => ask(fresh))];
    ms = Math.min(first, Math.max(...again.map((one) => one.ms)));
  }
  if (ms > slowest.ms) Object.assign(slowest, { ms, request });
  return answered;
}

async function send(server: TestServer, slowest: Slowest, request: Malformed): Promise<void> {
  const { app } = server;
  const routes = app.routes.filter(({ method }) => method !== "ALL");
  const { method, path } = routes[request.route % routes.length]!;
  let next = 0;
  const filled = path.replaceAll(/:\w+/g, () => encode(request.ids[next++ % 4]) || "x");
  const query = Object.entries(request.query).map(([key, value]) => `${key}=${encode(value)}`);
  const url = `${filled}${query.length === 0 ? "" : `?${query.join("&")}`}`;
  const hasBody = method !== "GET";
  const ask: Ask = async (asked) => {
    const response = await asked.app.request(url, {
      method,
      headers: { "content-type": request.type },
      ...(hasBody && { body: request.body }),
    });
    return { response, answer: await response.text() };
  };
  const { response, answer } = await noteTime(slowest, `${method} ${url}`, { server, ask });
  if (response.status >= 500) throw new Error(`${method} ${url}: ${response.status} ${answer}`);
  if (response.status < 400 || !url.startsWith("/api/")) return;
  const { code } = (JSON.parse(answer) as { error: { code: string } }).error;
  expect(errorCodes).toContain(code);
  await expectDocumented(app, { method, url, status: response.status }, answer);
}

/** A request for each route: code is compiled at its first use, once in a process. */
async function warmUp(): Promise<void> {
  const server = await openTestServer({ configuration });
  const request = { ids: ["a", "a", "a", "a"], query: {}, type: "application/json", body: "{}" };
  for (const route of server.app.routes.keys())
    await send(server, { ms: 0, request: "" }, { ...request, route });
}

test(`${runs} malformed requests over all routes get a documented refusal, no failure, and none takes ${longestStallMs} ms of the processor`, {
  timeout: 7_200_000,
}, async () => {
  await warmUp();
  const slowest: Slowest = { ms: 0, request: "" };
  for (let done = 0; done < runs; done += runsOfServer) {
    const server = await openTestServer({ configuration });
    const property = fc.asyncProperty(malformed, (request) => send(server, slowest, request));
    await fc.assert(property, { numRuns: Math.min(runsOfServer, runs - done), seed: seed + done });
    expect(server.logged.filter((line) => line.includes("failed"))).toEqual([]);
    if (runs > runsOfServer) console.log(`${done + runsOfServer} requests`, slowest);
  }
  expect([slowest.request, slowest.ms < longestStallMs]).toEqual([slowest.request, true]);
});
