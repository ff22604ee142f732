import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { dataFolder } from "../../../tests/support/data-folder.ts";

/** Rows of numbers, each with the class that it belongs to. */
export interface ClassificationSet {
  readonly name: string;
  readonly inputs: number;
  readonly classes: readonly string[];
  readonly rows: readonly { readonly inputs: Float64Array; readonly classIndex: number }[];
}

/** Where a set's table lies in the data folder: numbers, the class in the last column, one line of names. */
export const setFiles = {
  letter: "uci-letter/letter.csv",
  pendigits: "uci-pendigits/pendigits.csv",
  satimage: "uci-satimage/satimage.csv",
  yeast: "uci-yeast/yeast.csv",
  vehicle: "uci-vehicle/vehicle.csv",
  "covtype-10k": "uci-covtype-10k/covtype_sample.csv",
} as const;

export type SetName = keyof typeof setFiles;

export const setPath = (name: SetName): string => join(dataFolder, setFiles[name]);

/** @throws RangeError that names the line where a row has another length or an input that is no number */
export function parseSet(name: string, text: string): ClassificationSet {
  const [head = [], ...lines] = parse(text, { relax_column_count: true }) as string[][];
  const inputs = head.length - 1;
  const classes = [...new Set(lines.map((cells) => cells.at(-1) ?? ""))];
  const rows = lines.map((cells, index) => {
    const values = Float64Array.from(cells.slice(0, -1), (cell) =>
      cell.trim() === "" ? Number.NaN : Number(cell),
    );
    if (values.length !== inputs || !values.every(Number.isFinite))
      throw new RangeError(
        `${name}, line ${index + 2}: needs ${inputs} numbers and a class, got '${cells.join(",")}'`,
      );
    return { inputs: values, classIndex: classes.indexOf(cells.at(-1) ?? "") };
  });
  if (classes.length < 2) throw new RangeError(`${name} has ${classes.length} classes, needs 2`);
  return { name, inputs, classes, rows };
}

export const readSet = (name: SetName): ClassificationSet =>
  parseSet(name, readFileSync(setPath(name), "utf8"));
