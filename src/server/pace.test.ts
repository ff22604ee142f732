import { expect, test } from "vitest";
import { createPace } from "./pace.ts";

function openPace() {
  let now = 0;
  const pace = createPace(() => now);
  /** Answers that many requests, one each `ms`, with as many under way all the time. */
  const answer = (count: number, ms: number, requests: number, slates = 1) => {
    for (let one = 0; one < count; one++) {
      now += ms;
      pace.answered(requests, slates);
    }
  };
  return { ...pace, answer };
}

test("a busy server expects as much time a request as it needed for the last ones", () => {
  const { answer, expectedMs } = openPace();
  answer(500, 4, 40);
  expect(expectedMs(50)).toBeCloseTo(200, 0);
  answer(500, 10, 40);
  expect(expectedMs(50)).toBeCloseTo(500, 0);
});

test("a server that is not busy has time, and its answers say nothing of a busy one", () => {
  const { answer, expectedMs } = openPace();
  answer(500, 50, 4);
  expect(expectedMs(200)).toBe(0);
  answer(500, 4, 40);
  expect(expectedMs(16)).toBe(0);
});

test("the time without requests is no work", () => {
  const { answer, expectedMs } = openPace();
  answer(500, 4, 40);
  answer(1, 3_600_000, 1);
  answer(1, 3_600_000, 40);
  expect(expectedMs(50)).toBeCloseTo(200, 0);
});

test("the time of a batch is that of its slates", () => {
  const { answer, expectedMs } = openPace();
  answer(500, 400, 40, 100);
  expect(expectedMs(50)).toBeCloseTo(200, 0);
});
