import fc from "fast-check";
import type { Engine } from "../../src/engine/engine.ts";

// Input of callers who read no documentation, for every method of the library.

const oddTexts = ["", ".", "..", "__proto__", "constructor", "a\u0000", "\ud800", "x".repeat(257)];
const oddNumbers = [Number.NaN, Number.POSITIVE_INFINITY, -0, 1e308, -1, 0.5, 2 ** 53, 5e-324];

const cyclic = (): unknown => {
  const value: { self?: unknown } = {};
  value.self = { list: [value] };
  return value;
};

/** What JSON has no text for. */
const noJson: fc.Arbitrary<unknown> = fc.constantFrom(
  undefined,
  10n,
  () => 1,
  Symbol("s"),
  new Date(0),
  new Map([["a", 1]]),
  new Uint8Array(3),
  new Array(3),
  cyclic(),
  Object.create({ inherited: 1 }) as unknown,
  JSON.parse('{"__proto__":{"a":1}}') as unknown,
  new Proxy({}, { ownKeys: () => ["a", "a"] }),
);

const id = fc.constantFrom("i-0", "i-1", "i-2", "ann", "bob", "d-1", "shop", "click", "buy");
const json = fc.jsonValue({ maxDepth: 3 });
const wild: fc.Arbitrary<unknown> = fc.oneof(
  json,
  noJson,
  fc.constantFrom<unknown>(...oddTexts, ...oddNumbers),
  id,
  fc.anything({ maxDepth: 2, withBigInt: true, withDate: true, withSparseArray: true }),
);

const attributes = fc.dictionary(fc.constantFrom("a", "year", "b.c", "1"), json, { maxKeys: 3 });
const time = fc.constantFrom(0, Date.UTC(2026, 2, 1, 12), Date.UTC(9999, 1, 1), -1);

/** Rows as they should be, of which some fields are spoilt. */
const mutated = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>) => {
  const names = Object.keys(fields);
  const row = fc.record(fields, { requiredKeys: [] });
  const [identity = "itemId"] = names;
  const near = fc.record({
    row: fc.record(fields, { requiredKeys: [identity] }),
    spoilt: fc.option(fc.tuple(fc.constantFrom(...names, "more"), wild), {
      nil: undefined,
      freq: 3,
    }),
  });
  const spoil = near.map(({ row: whole, spoilt }) =>
    spoilt === undefined ? whole : { ...whole, [spoilt[0]]: spoilt[1] },
  );
  return fc.oneof({ weight: 8, arbitrary: spoil }, { weight: 1, arbitrary: row }, wild);
};

const item = mutated({
  itemId: id,
  categories: fc.array(id, { maxLength: 3 }),
  attributes,
  available: fc.boolean(),
});
const user = mutated({ userId: id, attributes });
const edge = mutated({ userId: id, type: fc.constantFrom("follow", "friend"), to: id });
const event = mutated({
  userId: id,
  itemId: id,
  type: id,
  eventId: id,
  value: fc.double(),
  occurredAt: time,
  decisionId: id,
});
const request = mutated({
  userId: id,
  scenario: fc.constant("shop"),
  slateSize: fc.integer({ min: 1, max: 3 }),
  candidates: fc.uniqueArray(mutated({ itemId: id, features: attributes }), { maxLength: 4 }),
  context: attributes,
  seed: fc.nat(),
  deferred: fc.boolean(),
});
const rows = (row: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 6, arbitrary: fc.array(row, { maxLength: 3 }) }, wild);
const page = mutated({ limit: fc.integer({ min: 1, max: 9 }), after: id });
const listing = mutated({ limit: fc.integer({ min: 1, max: 9 }), scenario: fc.constant("shop") });
const span = mutated({
  scenario: fc.constant("shop"),
  since: time,
  bucketSeconds: fc.constantFrom(5, 3600, 31_536_000),
});
const oneOf = fc.oneof(id, wild);

const inputs = {
  recommend: request,
  record: rows(event),
  putItems: rows(item),
  findItem: oneOf,
  deleteItem: oneOf,
  listItems: page,
  putUsers: rows(user),
  findUser: oneOf,
  deleteUser: oneOf,
  listUsers: page,
  policies: listing,
  rollBack: oneOf,
  intervene: mutated({
    scenario: fc.constant("shop"),
    kind: fc.constantFrom("pause", "ask", "resume", "pin", "approve"),
    version: fc.integer({ min: 1, max: 3 }),
    by: id,
  }),
  putEdges: rows(edge),
  deleteEdge: edge,
  listEdges: oneOf,
  interventions: listing,
  cycles: listing,
  findCycle: fc.oneof(fc.integer(), wild),
  findDecision: oneOf,
  activateDecision: fc.oneof(fc.constant("d-1"), wild),
  explainDecision: fc.oneof(fc.constant("d-1"), wild),
  countDecisions: fc.oneof(fc.constant("shop"), wild),
  rewardSeries: span,
  activity: mutated({
    scenario: fc.constant("shop"),
    since: time,
    against: fc.constant("serving"),
  }),
} satisfies Partial<Record<keyof Engine, fc.Arbitrary<unknown>>>;

/** Methods that take input. */
export type Method = keyof typeof inputs;
export const methods = Object.keys(inputs) as readonly Method[];

export const call: fc.Arbitrary<{ readonly method: Method; readonly input: unknown }> = fc.oneof(
  ...methods.map((method) => inputs[method].map((input) => ({ method, input }))),
);
