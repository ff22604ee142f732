import { describe, expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { sampleViews } from "../../tests/support/policy.ts";
import { createFilling, isJudged, openSlate, readSlates } from "./judged-slates.ts";

const views = sampleViews(5);
const rowAt = (position: number, action: number) => ({
  row: sampleRow(views.slice(position), { position, action }),
});

describe("rows of slates", () => {
  test("are read as items of the first row, whatever the rows before have taken", () => {
    // Of 0…4: 3 is taken, then 0, then index 2 of the three left is 4; the next slate is of one.
    const rows = [rowAt(0, 3), rowAt(1, 0), rowAt(2, 2), rowAt(0, 1)];
    expect(readSlates(rows)).toEqual([
      { start: 0, items: [3, 0, 4] },
      { start: 3, items: [1] },
    ]);
  });

  test("follow each other from position 0 on, or are refused", () => {
    expect(() => readSlates([rowAt(1, 0)])).toThrow("rows[0].position must follow the row before");
    expect(() => readSlates([rowAt(0, 0), rowAt(2, 0)])).toThrow("rows[1].position must follow");
  });

  test("judge, except those below the first of a slate that another policy made", () => {
    const judged = [0, 1].map((position) =>
      [false, true].map((isForeign) => isJudged({ ...rowAt(position, 0).row, isForeign })),
    );
    expect(judged).toEqual([
      [true, true],
      [true, false],
    ]);
  });
});

test("a slate of one has the served probabilities, exactly", () => {
  const logs = Float64Array.of(0.6, 0.1, 0.1, 0.1, 0.1).map(Math.log);
  const { positions, logged, direct } = createFilling()(
    openSlate(rowAt(0, 0).row, { start: 0, items: [0] }),
    logs,
    Float64Array.of(1, 0, 0, 0, 0),
  );
  expect(logged[0]).toBeCloseTo(0.9 * 0.6 + 0.1 / 5, 14);
  expect(direct[0]).toBeCloseTo(logged[0]!, 14);
  expect(positions()[0]![4]).toBeCloseTo(0.9 * 0.1 + 0.1 / 5, 14);
});
