import { PassThrough } from "node:stream";
import { WriteStream } from "node:tty";
import { expect, test } from "vitest";
import { createProgressLine } from "./progress.ts";

/** A stream with the methods of a terminal, which it may or may not say that it is. */
function createStream(terminal: { readonly isTTY: boolean; readonly columns: number }) {
  const bytes = new PassThrough();
  const { clearLine, cursorTo, moveCursor } = WriteStream.prototype;
  const stream: WriteStream = Object.assign(Object.create(bytes), {
    clearLine,
    cursorTo,
    moveCursor,
    ...terminal,
  });
  return { stream, written: () => String(bytes.read() ?? "") };
}

test.each([
  ["a file", { isTTY: false, columns: 80 }],
  ["a pseudo-terminal without a size", { isTTY: true, columns: 0 }],
])("on %s a plain line is written every five seconds", (_, terminal) => {
  const { stream, written } = createStream(terminal);
  let now = 0;
  const line = createProgressLine({ stream, clock: () => now });
  for (now of [1000, 2000, 5999, 6000, 8000]) line.update(`at ${now}`);
  line.keep("that stays");
  line.update("at once after it");
  line.stop();
  expect(written()).toBe("at 1000\nat 6000\nthat stays\n");
});

test("on a terminal a kept line stays and the next one begins below it", () => {
  const { stream, written } = createStream({ isTTY: true, columns: 80 });
  const line = createProgressLine({ stream, clock: () => 0 });
  line.update("1 row");
  line.keep("that stays");
  expect(written()).toMatch(/that stays\n$/);
  line.update("2 rows");
  line.stop();
  expect(written()).toMatch(/2 rows/);
});

test("on a terminal the line is rewritten and taken away at the end", () => {
  const { stream, written } = createStream({ isTTY: true, columns: 80 });
  const line = createProgressLine({ stream, clock: () => 0 });
  line.update("1 row");
  expect(written()).toMatch(/1 row$/);
  line.stop();
  // Cursor to the first column, line cleared, cursor shown again.
  expect(written()).toBe("\u001b[1G\u001b[0K\u001b[?25h");
});
