import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, onTestFinished, test, vi } from "vitest";
import { createTestFolder } from "../../../tests/support/store.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { createRandom } from "../../numeric/random.ts";
import { inOrderOfTime } from "./in-order-of-time.ts";
import type { ImportRow } from "./row.ts";

const place = (line: number) => ({ file: "events.csv", line });
const eventAt = (occurredAt: number, line: number): ImportRow => ({
  ...place(line),
  kind: "event",
  event: {
    eventId: `é-${line}`,
    type: "click",
    userId: userId("ada"),
    itemId: itemId("a"),
    value: 1,
    occurredAt,
  },
});

function order(
  rows: readonly ImportRow[],
  { runRows = 7, signal = new AbortController().signal } = {},
) {
  const onRead = vi.fn();
  const source = { rows, share: () => 1, close: () => undefined };
  const ordered = inOrderOfTime(source, { signal, onRead, runRows });
  onTestFinished(() => ordered.close());
  return { ordered, onRead };
}

/** The names in a folder of its own for temporary files. */
function useTemporaryFolder(): () => readonly string[] {
  const folder = createTestFolder();
  vi.stubEnv("TMPDIR", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(tmpdir()).toBe(folder);
  return () => readdirSync(folder);
}

test.each([1, 6, 7, 8, 100, 1000])(
  "%i events in any order come by their time, those of one time in the order of the file",
  async (count) => {
    const left = useTemporaryFolder();
    const random = createRandom(count);
    const rows = Array.from({ length: count }, (_, line) => eventAt(random.integer(50), line));
    const { ordered } = order(rows);
    const given: ImportRow[] = [];
    for await (const row of ordered.rows) given.push(row);
    const timeOf = (row: ImportRow) => (row.kind === "event" ? row.event.occurredAt : Number.NaN);
    expect(given).toEqual(rows.toSorted((one, other) => timeOf(one) - timeOf(other)));
    expect(ordered.share()).toBe(1);
    expect(ordered.read).toBe(count);
    // Even if the process is killed here.
    if (process.platform !== "win32") expect(left()).toEqual([]);
    ordered.close();
    expect(left()).toEqual([]);
  },
);

test("refused rows come at once, and the reading is told", async () => {
  const refused: ImportRow = { ...place(2), kind: "refused", reason: "userId is missing" };
  const many = Array.from({ length: 10_000 }, (_, line) => eventAt(1, line));
  const { ordered, onRead } = order([eventAt(2, 1), refused, ...many], { runRows: 1e6 });
  const rows = ordered.rows as AsyncGenerator<ImportRow>;
  const first = await rows.next();
  expect(first.value).toEqual(refused);
  expect(onRead).not.toHaveBeenCalled();
  const second = await rows.next();
  expect(second.value).toEqual(many[0]);
  expect(onRead).toHaveBeenCalledOnce();
});

test("of an import 30 % read the source, and the rest writes", async () => {
  const { ordered, onRead } = order(
    Array.from({ length: 10_000 }, (_, line) => eventAt(line, line)),
  );
  const shares: (number | undefined)[] = [];
  onRead.mockImplementation(() => shares.push(ordered.share()));
  let given = 0;
  for await (const _ of ordered.rows) {
    given += 1;
    if (given % 5000 === 0) shares.push(ordered.share());
  }
  expect(shares).toEqual([0.3, expect.closeTo(0.65), 1]);
});

test("events that come in order wait for no others", async () => {
  const rows = [eventAt(1, 1), eventAt(2, 2)];
  const source = { rows, inOrder: true, share: () => 1, close: () => undefined } as const;
  const { signal } = new AbortController();
  const ordered = inOrderOfTime(source, { signal, onRead: () => undefined });
  expect((await (ordered.rows as AsyncGenerator<ImportRow>).next()).value).toEqual(rows[0]);
  expect(ordered.read).toBe(1);
});

test("a source that was broken off gives no events", async () => {
  const controller = new AbortController();
  controller.abort();
  const { ordered } = order([eventAt(2, 1)], { signal: controller.signal });
  for await (const row of ordered.rows) expect(row).toBeUndefined();
});

test("without room for the runs the folder and the remedy are named", async () => {
  const missing = `${createTestFolder()}/missing`;
  vi.stubEnv("TMPDIR", missing);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { ordered } = order(Array.from({ length: 8 }, (_, line) => eventAt(1, line)));
  const read = (ordered.rows as AsyncGenerator<ImportRow>).next();
  await expect(read).rejects.toMatchObject({
    code: "storage_unavailable",
    message: expect.stringContaining("set TMPDIR to a folder with room"),
  });
});
