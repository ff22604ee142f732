import { expect, test } from "vitest";
import { pause, untilAborted, withInterruption } from "./interruption.ts";

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s aborts the work, which ends as it sees fit",
  async (name) => {
    const before = process.listenerCount(name);
    const result = await withInterruption(async (signal) => {
      expect(signal.aborted).toBe(false);
      process.emit(name);
      await untilAborted(signal);
      return "ended";
    });
    expect(result).toBe("ended");
    expect(process.listenerCount(name)).toBe(before);
  },
);

test("an error of the work is passed on, and nothing listens any more", async () => {
  const before = process.listenerCount("SIGINT");
  await expect(withInterruption(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(process.listenerCount("SIGINT")).toBe(before);
});

test("a pause ends with its time, or at once with the signal", async () => {
  const stop = new AbortController();
  await pause(1, stop.signal);
  const long = pause(1_000_000, stop.signal);
  stop.abort();
  await long;
  await pause(1_000_000, stop.signal);
  await untilAborted(stop.signal);
});
