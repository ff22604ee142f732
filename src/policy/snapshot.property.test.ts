import fc from "fast-check";
import { expect, test } from "vitest";
import { itemId } from "../domain/ids.ts";
import { decodeTensors, encodeTensors, type TensorFile } from "./snapshot.ts";

const seed = 23;

const tensor = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }).chain((shape) => {
  const length = shape.reduce((product, axis) => product * axis, 1);
  return fc
    .float32Array({ minLength: length, maxLength: length, noNaN: true, noDefaultInfinity: true })
    .map((values) => ({ shape, values }));
});

const name = fc
  .string({ unit: "binary" })
  .filter((text) => !/\p{Surrogate}|^__proto__$/u.test(text));

const file: fc.Arbitrary<TensorFile> = fc.record({
  meta: fc.record({
    kind: name,
    itemIds: fc.array(name.map(itemId), { maxLength: 5 }),
    numbers: fc.dictionary(
      name,
      // JSON has no minus zero.
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      { noNullPrototype: true },
    ),
  }),
  tensors: fc.dictionary(name, tensor, { noNullPrototype: true }),
});

test("what is decoded is what was encoded, bit for bit and in the same order", () => {
  fc.assert(
    fc.property(file, (one) => {
      const decoded = decodeTensors(encodeTensors(one));
      expect(decoded).toEqual(one);
      expect(Object.keys(decoded.tensors)).toEqual(Object.keys(one.tensors));
    }),
    { seed },
  );
});

test("the same file has the same bytes, wherever its arrays lie in memory", () => {
  fc.assert(
    fc.property(file, (one) => {
      const moved = Object.entries(one.tensors).map(([key, { shape, values }]) => {
        const wider = new Float32Array(values.length + 3);
        wider.set(values, 2);
        return [key, { shape, values: wider.subarray(2, 2 + values.length) }] as const;
      });
      expect(encodeTensors({ ...one, tensors: Object.fromEntries(moved) })).toEqual(
        encodeTensors(one),
      );
    }),
    { seed },
  );
});

test("bytes are decoded from the middle of a buffer at an odd offset", () => {
  fc.assert(
    fc.property(file, fc.integer({ min: 0, max: 7 }), (one, offset) => {
      const bytes = encodeTensors(one);
      const buffer = new Uint8Array(bytes.length + offset + 5).fill(255);
      buffer.set(bytes, offset);
      expect(decodeTensors(buffer.subarray(offset, offset + bytes.length))).toEqual(one);
    }),
    { seed },
  );
});
