import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { parseSet, readSet, type SetName, setPath } from "./read-set.ts";
import { createVisits } from "./visits.ts";

test("a table has a line of names, numbers, and the class last", () => {
  const set = parseSet("shapes", "width,height,class\n1,2,flat\n3,4.5,tall\n-1,0,flat\n");
  expect(set).toEqual({
    name: "shapes",
    inputs: 2,
    classes: ["flat", "tall"],
    rows: [
      { inputs: Float64Array.of(1, 2), classIndex: 0 },
      { inputs: Float64Array.of(3, 4.5), classIndex: 1 },
      { inputs: Float64Array.of(-1, 0), classIndex: 0 },
    ],
  });
});

test.each([
  ["1,2,flat\n1,flat", "shapes, line 3: needs 2 numbers and a class, got '1,flat'"],
  ["1,high,flat\n1,2,tall", "shapes, line 2: needs 2 numbers and a class, got '1,high,flat'"],
  ["1,,flat\n1,2,tall", "shapes, line 2: needs 2 numbers and a class, got '1,,flat'"],
  ["1,2,flat", "shapes has 1 classes, needs 2"],
])("a table of the rows %j is refused", (rows, message) => {
  expect(() => parseSet("shapes", `width,height,class\n${rows}\n`)).toThrow(message);
});

test("a row comes standardised by what came before it and by itself alone", () => {
  const rows = Array.from({ length: 50 }, (_, row) => `${row ** 2},7,${row % 2}`);
  const read = (lines: readonly string[]) => parseSet("squares", `a,b,class\n${lines.join("\n")}`);
  const visits = createVisits(read(rows), 1);
  expect(visits[0]?.inputs).toEqual(Float64Array.of(0, 0));
  // Of two rows, each lies one deviation from their mean.
  expect(Math.abs(visits[1]?.inputs[0] ?? 0)).toBeCloseTo(1, 12);
  expect(visits.every(({ inputs }) => inputs[1] === 0)).toBe(true);
  expect(createVisits(read(rows), 1)).toEqual(visits);
  expect(createVisits(read(rows), 2)).not.toEqual(visits);
});

const published: readonly (readonly [SetName, number, number, number])[] = [
  ["letter", 20_000, 16, 26],
  ["pendigits", 10_992, 16, 10],
  ["satimage", 6435, 36, 6],
  ["yeast", 1484, 8, 10],
  ["vehicle", 846, 18, 4],
  ["covtype-10k", 10_000, 54, 7],
];
const isLeftOut = (name: SetName, rows: number) =>
  !existsSync(setPath(name)) || (rows > 2000 && process.env.RECURVE_FULL === undefined);
for (const [name, rows, inputs, classes] of published)
  test.skipIf(isLeftOut(name, rows))(
    `${name} has the published counts (needs RECURVE_DATA, RECURVE_FULL for a large one)`,
    () => {
      const set = readSet(name);
      expect([set.rows.length, set.inputs, set.classes.length]).toEqual([rows, inputs, classes]);
    },
  );
