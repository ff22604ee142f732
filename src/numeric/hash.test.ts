import { expect, test } from "vitest";
import { chiSquare, chiSquareBound } from "../../tests/support/chi-square.ts";
import { hash32, hashUniform } from "./hash.ts";

// Python 3: FNV-1a over struct.unpack("<%dH" % n, text.encode("utf-16-le")), offset 0x811c9dc5, prime 0x01000193, then
// murmur3's fmix32, all modulo 2³². FNV-1a alone gives the published 0xe40c292c for "a" and 0xbf9cf968 for "foobar".
test.each([
  ["", 2872998923],
  ["a", 444641715],
  ["foobar", 202221276],
  ["item.genre=drama", 1881579928],
  ["ä", 2618739704],
  ["😀", 1787143206],
])("the hash of '%s' agrees with an independent computation", (text, hash) => {
  expect(hash32(text)).toBe(hash);
  expect(hashUniform(text)).toBe(hash / 2 ** 32);
});

test.each([
  ["low bits", (text: string) => hash32(text) % 64],
  ["high bits", (text: string) => Math.floor(hashUniform(text) * 64)],
])("64 buckets by the %s are filled evenly by names that differ in a number only", (_, bucket) => {
  const counts = new Array<number>(64).fill(0);
  for (let user = 0; user < 6400; user++) counts[bucket(`items/user-${user}`)]!++;
  expect(
    chiSquare(
      counts,
      counts.map(() => 100),
    ),
  ).toBeLessThan(chiSquareBound(63));
});
