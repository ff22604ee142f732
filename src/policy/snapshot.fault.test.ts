import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { EngineError } from "../domain/errors.ts";
import { itemId } from "../domain/ids.ts";
import { decodeTensors, encodeTensors, type TensorFile } from "./snapshot.ts";

const seed = 29;
const file: TensorFile = {
  meta: { kind: "network", itemIds: [itemId(""), itemId("a")], numbers: { heads: 1, width: 2 } },
  tensors: {
    table: { shape: [2, 2], values: Float32Array.of(1, -2, 3.5, 0) },
    bias: { shape: [2], values: Float32Array.of(0.25, -0.5) },
  },
};
const bytes = encodeTensors(file);
const headerEnd = 12 + bytes.length - 12 - 32 - 4 * 6;

/** The error's code, or another result of decoding. */
function outcome(damaged: Uint8Array): string {
  try {
    decodeTensors(damaged);
    return "decoded";
  } catch (error) {
    return error instanceof EngineError ? error.code : String(error);
  }
}

/** The bytes with a checksum that fits them. */
function sealed(body: Uint8Array): Uint8Array {
  return Buffer.concat([body, createHash("sha256").update(body).digest()]);
}

test("the header ends where the arrays begin", () => {
  expect(Buffer.from(bytes).toString("utf8", 12, headerEnd)).toMatch(/^\{"kind":"network".*\}$/);
});

test("a file that is cut off at any byte is corrupt", () => {
  const outcomes = bytes.map((_, length) =>
    Number(outcome(bytes.subarray(0, length)) !== "corrupt_snapshot"),
  );
  expect([...outcomes.keys()].filter((length) => outcomes[length] === 1)).toEqual([]);
});

test("a file with any one bit flipped is corrupt", () => {
  const survived: string[] = [];
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const flipped = Uint8Array.from(bytes);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    const became = outcome(flipped);
    if (became !== "corrupt_snapshot") survived.push(`bit ${bit}: ${became}`);
  }
  expect(survived).toEqual([]);
});

test("a file with bytes after its end is corrupt", () => {
  expect(outcome(Buffer.concat([bytes, Uint8Array.of(0)]))).toBe("corrupt_snapshot");
});

test("arbitrary bytes are corrupt, with and without the letters at the start", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      expect(outcome(noise)).toBe("corrupt_snapshot");
      expect(outcome(Buffer.concat([bytes.subarray(0, 12), noise]))).toBe("corrupt_snapshot");
    }),
    { seed },
  );
});

test("the message of a corrupt file says what is wrong and what to do", () => {
  expect(() => decodeTensors(bytes.subarray(0, 40))).toThrow(
    "policy snapshot is corrupt: only 40 bytes; roll back to another version",
  );
  expect(() => decodeTensors(new Uint8Array(100))).toThrow("it does not start with RCRV");
});

test.each([0, 1, 4_294_967_295])(
  "an intact file of format %i is not corrupt but unsupported, and names both formats",
  (format) => {
    const body = Buffer.from(bytes.subarray(0, -32));
    body.writeUInt32LE(format, 4);
    expect(() => decodeTensors(sealed(body))).toThrow(
      expect.objectContaining({
        code: "unsupported_snapshot_version",
        details: { found: format, supported: 2 },
      }),
    );
  },
);

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  "%f is refused when it is encoded, with the array's name, and found when it was stored",
  (value) => {
    const broken = {
      ...file,
      tensors: { bias: { shape: [2], values: Float32Array.of(1, value) } },
    };
    expect(() => encodeTensors(broken)).toThrow(
      new RangeError("bias holds a number that is not finite"),
    );
    const body = Buffer.from(bytes.subarray(0, -32));
    body.writeFloatLE(value, body.length - 4);
    expect(() => decodeTensors(sealed(body))).toThrow(
      expect.objectContaining({
        code: "corrupt_snapshot",
        message: expect.stringContaining("bias holds a number that is not finite") as string,
      }),
    );
  },
);

test("an array that does not fill its shape is refused when it is encoded", () => {
  const broken = { ...file, tensors: { bias: { shape: [3], values: Float32Array.of(1, 2) } } };
  expect(() => encodeTensors(broken)).toThrow(new RangeError("bias: 2 values for shape [3]"));
});
