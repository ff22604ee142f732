import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../support/documents.ts";
import { executeNotebooks, makeMagazine } from "../support/magazine.ts";
import { installPeer } from "../support/python-peer.ts";

const folder = join(repository, "examples/notebooks");
const notebooks = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));

interface Cell {
  readonly cell_type: string;
  readonly outputs?: readonly unknown[];
  readonly execution_count?: number | null;
}

test.each(notebooks)("%s is kept without outputs, below 40 kB", (name) => {
  const text = readFileSync(join(folder, name), "utf8");
  const { cells }: { readonly cells: readonly Cell[] } = JSON.parse(text);
  const code = cells.filter(({ cell_type }) => cell_type === "code");
  expect(code.length).toBeGreaterThan(3);
  expect(code.filter(({ outputs, execution_count }) => outputs?.length || execution_count)).toEqual(
    [],
  );
  expect(text.length).toBeLessThan(40_000);
});

test.skipIf(process.env.RECURVE_FULL === undefined)(
  "the notebooks give their verdict, states and drift, as the guide says (needs RECURVE_FULL, and Python)",
  { timeout: 1_800_000 },
  async ({ skip }) => {
    const peer = installPeer("notebooks", "--no-deps");
    if (peer === undefined) return skip("the notebooks' packages can't be installed");
    const names = ["off-policy-verdict", "states-in-scikit-learn", "drift"];
    const executed = executeNotebooks(peer, await makeMagazine(), ...names);
    const [verdict, states, drift] = names.map((name) => executed[`${name}.ipynb`]!);
    // Values by hand, by OBP and by the command agree, or a cell has failed.
    expect(verdict!.text).not.toMatch(/OBP is left out/);
    expect(verdict!.text).toMatch(/effective sample size \d+ of 3000 rows, mean weight 1\.0/);
    expect(verdict!.text).toMatch(/target\.jsonl would earn 0\.\d+ a row/);
    expect(states!.text).toMatch(/policy 3, 15 stories, \d+ readers/);
    expect(drift!.text).toMatch(
      /6,000 decisions and [\d,]+ clicks in 8 weeks from 05 January 2026/,
    );
    expect([verdict, states, drift].map((one) => one!.figures)).toEqual([1, 2, 1]);
    return undefined;
  },
);
