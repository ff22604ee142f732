import { expect, test } from "vitest";
import { z } from "zod";
import { storedText } from "../../tests/support/stored-text.ts";
import type { GateLooks, Guard } from "../domain/gate-record.ts";
import { cycleRecord } from "./cycle-record-schema.ts";
import { policyEvidence } from "./policy-evidence-schema.ts";
import { decodeRecord, encodeRecord, fieldsOf } from "./record-schema.ts";

const stored = [
  ["cycle", cycleRecord],
  ["evidence", policyEvidence],
] as const;

test.each(stored)(
  "a %s that was stored before versions is read to its last field",
  (name, schema) => {
    const text = storedText(name);
    const record = decodeRecord<object>(schema, text);
    expect(record).toEqual(JSON.parse(text));
    expect(decodeRecord<object>(schema, encodeRecord(record))).toEqual(record);
  },
);

test("the stored text has a version, which the record has not", () => {
  const text = encodeRecord({ seed: 3 });
  expect(JSON.parse(text)).toEqual({ version: 1, seed: 3 });
  expect(decodeRecord(cycleRecord, text)).toEqual({ seed: 3 });
});

test("looks of before shared errors were measured have none", () => {
  const looks: Omit<GateLooks, "sharedError"> = { looks: 4, difference: 0.1, standardError: 0.2 };
  expect(decodeRecord(policyEvidence, encodeRecord({ looks }))).toEqual({
    looks: { ...looks, sharedError: 0 },
  });
});

test.each([
  [
    "a field of another type",
    '{"gate":{"verdict":"hold","reason":"","guards":[],"rows":"12"}}',
    /^gate\.rows: .*number/,
  ],
  ["a field that is missing", '{"critic":{"firstLoss":1}}', /^critic\.lastLoss: .*number/],
  ["a number that was not finite", '{"judgedDifference":null}', /^judgedDifference: /],
  [
    "an unknown verdict",
    '{"gate":{"verdict":"perhaps","reason":"","guards":[],"rows":1}}',
    /^gate\.verdict: .*"hold"/,
  ],
  ["a later version", '{"version":2,"seed":3}', /^version: .*1/],
  ["no object", "[1]", /^the stored text: .*object/],
  ["no JSON", "{", /^the stored text is not JSON: /],
])("text with %s is reported as damaged, by its field", (_, text, damage) => {
  const record = decodeRecord(cycleRecord, text);
  expect(record).toEqual({ damage: expect.stringMatching(damage) });
});

test("a schema compiles with the fields of its type alone", () => {
  type Plain = Omit<Guard, "metric">;
  const fields = { value: z.number(), limit: z.number(), passed: z.boolean() };
  fieldsOf<Plain>({ name: z.string(), ...fields });
  // @ts-expect-error a renamed field
  fieldsOf<Plain>({ title: z.string(), ...fields });
  // @ts-expect-error a field that may be absent in the type alone
  fieldsOf<{ readonly name?: string }>({ name: z.string() });
  // @ts-expect-error a field of another type
  fieldsOf<Plain>({ name: z.number(), ...fields });
});
