import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createTimedLine } from "./timed-line.ts";

/** A line on a stream that is no terminal, so that every text is one plain line; they come five seconds apart. */
function open() {
  const bytes = new PassThrough();
  let now = 0;
  const stream = Object.assign(bytes, { isTTY: false }) as unknown as NodeJS.WriteStream;
  const line = createTimedLine({ work: () => "audit of 9 rows", stream, clock: () => now });
  const at = (seconds: number) => {
    now = seconds * 1000;
    return line;
  };
  return { at, written: () => String(bytes.read() ?? "") };
}

test("work of minutes is announced once its first part is measured, and then what is left", () => {
  const { at, written } = open();
  // Half a minute before the first row: the models are opened.
  at(30).update("1 of 100", 0.01);
  expect(written()).toBe("1 of 100\n");
  at(36).update("4 of 100", 0.04);
  expect(written()).toBe("audit of 9 rows: about 3 min\n");
  at(41).update("6 of 100", 0.06);
  expect(written()).toBe("6 of 100, about 3 min left\n");
  at(128).update("50 of 100", 0.5);
  expect(written()).toBe("50 of 100, about 100 s left\n");
  at(228).update("100 of 100", 1);
  expect(written()).toBe("100 of 100\n");
});

test("work of seconds, or of a size that nobody knows, is not announced", () => {
  const { at, written } = open();
  at(60).update("1 of 100", 0.01);
  at(65).update("50 of 100", 0.5);
  at(100).update("somewhere", undefined);
  expect(written()).toBe("1 of 100\n50 of 100\nsomewhere\n");
});

test("who knows how long it takes says so before it starts", () => {
  const { at, written } = open();
  at(0).announce(19_000);
  at(0).announce(9_000_000);
  at(1).announce(9_000_000);
  expect(written()).toBe("audit of 9 rows: about 2.5 h\n");
});
