import { expect, test } from "vitest";
import { mixSeed } from "./mix-seed.ts";

const secret = new Uint8Array(32).fill(7);
const sent = { scenario: "items", userId: "ada", seed: 42 };

test("a mixed seed is 32 bits of HMAC-SHA-256", () => {
  // printf '["items","ada",42]' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707…07
  expect(mixSeed(secret, sent)).toBe(0x010315c5);
});

test("it depends on secret, scenario, user and seed", () => {
  const mixed = [
    mixSeed(secret, sent),
    mixSeed(new Uint8Array(32).fill(8), sent),
    mixSeed(secret, { ...sent, scenario: "ads" }),
    mixSeed(secret, { ...sent, userId: "bob" }),
    mixSeed(secret, { ...sent, seed: 43 }),
  ];
  expect(new Set(mixed).size).toBe(5);
});

test("one seed sent for all users gives even lots", () => {
  const users = 5000;
  const counts = new Array<number>(10).fill(0);
  for (let user = 0; user < users; user++) {
    const lot = mixSeed(secret, { ...sent, userId: `u-${user}` }) / 2 ** 32;
    counts[Math.floor(10 * lot)]! += 1;
  }
  const expected = users / counts.length;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // A χ² of 9 degrees of freedom is above 27.9 once in a thousand secrets.
  expect(chiSquare).toBeLessThan(27.9);
});
