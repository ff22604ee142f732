import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../support/documents.ts";
import { openExported } from "../support/exported-policy.ts";
import { exportChainedShop } from "../support/exported-shop.ts";
import { executeNotebooks, makeMagazine } from "../support/magazine.ts";
import { largestDifference } from "../support/policy.ts";
import { installPeer, type PythonPeer } from "../support/python-peer.ts";
import { createTestFolder } from "../support/store.ts";

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

/** On a policy with everything that one can have; those of ONNX Runtime Web are the engine's. */
async function expectSameLogits(peer: PythonPeer): Promise<void> {
  const shop = createTestFolder();
  const states = await exportChainedShop(shop);
  writeFileSync(join(shop, "states.json"), JSON.stringify(states));
  const paths = [join(shop, "policy"), join(shop, "states.json")];
  const { candidates, logits } = JSON.parse(peer.run("score_policy.py", ...paths).toString());
  const exported = await openExported(join(shop, "policy"));
  expect(candidates).toHaveLength(30);
  for (const [index, state] of states.entries())
    expect(largestDifference(logits[index], await exported.logits(state, candidates))).toBeLessThan(
      1e-4,
    );
}

test.skipIf(process.env.RECURVE_FULL === undefined)(
  "exported_policy.py has the logits of the engine, and the notebooks a verdict, states and drift (needs RECURVE_FULL, and Python)",
  { timeout: 1_800_000 },
  async ({ skip }) => {
    const peer = installPeer("notebooks", "--no-deps");
    if (peer === undefined) return skip("the notebooks' packages can't be installed");
    const names = ["off-policy-verdict", "states-in-scikit-learn", "drift"];
    const executed = executeNotebooks(peer, await makeMagazine(), ...names);
    const [verdict, states, drift] = names.map((name) => executed[`${name}.ipynb`]!);
    await expectSameLogits(peer);
    // Values by hand, by OBP and by the command agree, or a cell has failed.
    expect(verdict!.text).not.toMatch(/OBP is left out/);
    expect(verdict!.text).toMatch(
      /effective sample size \d+ of 3000 rows, mean weight (0\.9|1\.0)/,
    );
    expect(verdict!.text).toMatch(/target\.jsonl would earn 0\.\d+ a row/);
    expect(states!.text).toMatch(/policy 3, 15 stories, \d+ readers/);
    expect(drift!.text).toMatch(
      /6,000 decisions and [\d,]+ clicks in 8 weeks from 05 January 2026/,
    );
    expect([verdict, states, drift].map((one) => one!.figures)).toEqual([1, 2, 1]);
    return undefined;
  },
);
