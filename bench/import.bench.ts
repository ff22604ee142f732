import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../src/engine/open-store.ts";
import { importRows } from "../src/exchange/import/import-rows.ts";
import { readMovielens } from "../src/exchange/import/movielens/read-movielens.ts";
import { dataFolder } from "../tests/support/data-folder.ts";
import type { Bench } from "./bench.ts";
import { median } from "./statistics.ts";

const data = join(dataFolder, "ml-100k");

interface Run {
  readonly rows: number;
  readonly seconds: number;
  readonly sizeBytes: number;
}

/** As `recurve import movielens` does it, from opening the files to closing the database. */
async function importOnce(path: string): Promise<Run> {
  const startedAt = performance.now();
  const { signal } = new AbortController();
  const source = await readMovielens(data, { now: Date.now(), signal });
  const store = await openStore(path);
  const counts = await importRows(source, {
    store,
    signal,
    onRefusal: () => {},
    onProgress: () => {},
  });
  await store.close();
  const seconds = (performance.now() - startedAt) / 1000;
  if (counts.stored !== counts.read) {
    throw new RangeError(
      `${counts.read} rows were read and ${counts.stored} stored; all should be`,
    );
  }
  return { rows: counts.read, seconds, sizeBytes: statSync(path).size };
}

export const importBench: Bench<{ readonly runs: number }> = {
  name: "import",
  description: "MovieLens 100k into a new database file, median of some runs",
  options: { runs: 3 },
  run: async ({ runs }, report) => {
    if (!existsSync(data)) return report.skip("needs RECURVE_DATA with the folder ml-100k");
    const folder = mkdtempSync(join(tmpdir(), "recurve-bench-"));
    const results: Run[] = [];
    try {
      while (results.length < runs) {
        results.push(await importOnce(join(folder, `${results.length}.db`)));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    report.figure("rows", results[0]!.rows);
    report.figure("rows/s", median(results.map(({ rows, seconds }) => rows / seconds)));
    report.figure("s", median(results.map(({ seconds }) => seconds)));
    report.figure(
      "bytes of database a row",
      median(results.map(({ sizeBytes, rows }) => sizeBytes / rows)),
    );
  },
};
