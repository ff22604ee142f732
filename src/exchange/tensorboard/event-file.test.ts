import fc from "fast-check";
import { expect, test } from "vitest";
import { crc32c } from "./crc32c.ts";
import { encodeEvent, encodeStart, readEnd } from "./event-file.ts";

test("checksums are those of the standard's examples", () => {
  // RFC 3720, appendix B.4, and the check value of the polynomial's catalogue.
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
});

const scalar = (step: number) =>
  encodeEvent({ at: 1000 * step, step, values: [{ tag: "gate/rows", scalar: step / 3 }] });

test("a start is a record of its own, framed as TFRecord does it", () => {
  const start = encodeStart(1_700_000_000_000);
  expect(Number(start.readBigUInt64LE())).toBe(start.length - 16);
  expect(start.toString("latin1")).toContain("brain.Event:2");
  expect(readEnd(start)).toEqual({ step: -1, length: start.length });
});

test("wherever a writer was killed, the whole records before count", () => {
  const records = [encodeStart(0), scalar(3), scalar(4), scalar(9)];
  const whole = Buffer.concat(records);
  const ends = records.map((_, index) => Buffer.concat(records.slice(0, index + 1)).length);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: whole.length }), (length) => {
      const count = ends.filter((end) => end <= length).length;
      expect(readEnd(whole.subarray(0, length))).toEqual({
        step: [-1, -1, 3, 4, 9][count],
        length: [0, ...ends][count],
      });
    }),
  );
});

test("a record with another byte ends the file", () => {
  const damaged = Buffer.concat([encodeStart(0), scalar(3), scalar(4)]);
  damaged[damaged.length - 8]! ^= 1;
  const { length } = Buffer.concat([encodeStart(0), scalar(3)]);
  expect(readEnd(damaged)).toEqual({ step: 3, length });
});
