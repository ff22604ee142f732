import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { readJsonl } from "../../exchange/import/read-jsonl.ts";
import { invalidFile, openFile, unreadable } from "../../exchange/import/text-source.ts";
import { withSource } from "./read-rows.ts";
import { fieldProblem, RowProblem, readDistribution } from "./row-fields.ts";
import type { Choice, TargetPolicy } from "./target-policy.ts";

type Distribution = ReadonlyMap<string, number>;

/** An object from action to probability. @throws RowProblem */
function parseDistribution(field: string, value: unknown): Distribution {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw fieldProblem(
      field,
      "an object from action to probability",
      value,
      "see docs/guides/off-policy.md",
    );
  }
  const actions = Object.keys(value);
  const probabilities = readDistribution(field, Object.values(value));
  return new Map(actions.map((action, index) => [action, probabilities[index] ?? 0]));
}

/** Turns a problem at a place of the file into an error that names the place. */
function at<T>(file: string, line: number | undefined, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RowProblem)) throw error;
    throw invalidFile(line === undefined ? file : `${file}:${line}:`, error.message);
  }
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** π of the row's candidates in proportion to a distribution over all actions. @throws RowProblem */
function restrict(distribution: Distribution, { candidates, line }: Choice): Float64Array {
  const weights = Float64Array.from(candidates, (action) => distribution.get(action) ?? 0);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum > 0) return weights.map((weight) => weight / sum);
  const expected = `above 0 for a candidate of the log's line ${line}`;
  throw fieldProblem(
    "the target's probability",
    expected,
    0,
    "give every action of the log a probability",
  );
}

/** `.json`: one distribution for all rows, or a list with one for each position. */
function openTable(file: string): TargetPolicy {
  const value = parseJson(file);
  const byPosition = at(file, undefined, () =>
    Array.isArray(value)
      ? value.map((entry, position) => parseDistribution(`[${position}]`, entry))
      : [parseDistribution("the file", value)],
  );
  const find = (position: number) =>
    byPosition.length === 1 ? byPosition[0] : byPosition[position];
  const choose = (choice: Choice): Float64Array => {
    const distribution = find(choice.position);
    if (distribution !== undefined)
      return at(file, undefined, () => restrict(distribution, choice));
    const problem = `has ${byPosition.length} positions, and the log's line ${choice.line} is at position ${choice.position} from 0; add its probabilities`;
    throw invalidFile(file, problem);
  };
  return {
    name: basename(file),
    probabilities: choose,
    rule: (choice, length) => {
      const policies = Array.from({ length }, (_, position) => {
        const policy = choose({ ...choice, position });
        checkSupport(file, policy, position);
        return policy;
      });
      return {
        policies: byPosition.length === 1 ? policies.slice(0, 1) : policies,
        exploration: 0,
      };
    },
    close: async () => {},
  };
}

/** A slate whose items above take all that a position could choose from has no item for it. @throws invalid_file */
function checkSupport(file: string, policy: Float64Array, position: number): void {
  const supported = policy.filter((probability) => probability > 0).length;
  if (supported > position) return;
  const problem = `must give more than ${position} candidates of a slate a probability above 0 at position ${position}, got ${supported}; the items above may take them all`;
  throw invalidFile(file, problem);
}

/**
 * Exactly the row's candidates: an item that the target can't choose is absent or 0.
 * @throws RowProblem
 */
function match(distribution: Distribution, { candidates, line }: Choice): Float64Array {
  const probabilities = Float64Array.from(candidates, (action) => distribution.get(action) ?? 0);
  const sum = probabilities.reduce((total, probability) => total + probability, 0);
  if (Math.abs(sum - 1) <= 1e-6) return probabilities;
  const expected = `probabilities that add up to 1 over the candidates of the log's line ${line}`;
  throw fieldProblem("the row", expected, sum, "leave out actions that could not be chosen");
}

/** `.jsonl`: a line for each row of the log, a slate having one for each position, in the log's order. */
function openRows(file: string): TargetPolicy {
  const rows = withSource(() => openFile(file, new AbortController().signal), readJsonl);
  return {
    name: basename(file),
    probabilities: async (choice) => {
      const next = await rows.next();
      if (next.done) {
        throw invalidFile(
          file,
          `ends after ${choice.row} rows; give it a line for each row of the log`,
        );
      }
      const { line, ...entry } = next.value;
      if ("reason" in entry) throw invalidFile(`${file}:${line}:`, entry.reason);
      return at(file, line, () => match(parseDistribution("the row", entry.value), choice));
    },
    // More lines than rows: the file is of another log, or the log has lost rows, so that no line need be that of its row.
    finish: async (count) => {
      const next = await rows.next();
      if (next.done) return;
      const problem = `continues after the log's ${count} rows; give it a line for each row of the log`;
      throw invalidFile(`${file}:${next.value.line}:`, problem);
    },
    close: async () => void (await rows.return()),
  };
}

/** Probabilities from a file that ends in .json or .jsonl. @throws invalid_file */
export const openFileTarget = (file: string): TargetPolicy =>
  file.endsWith(".jsonl") ? openRows(file) : openTable(file);
