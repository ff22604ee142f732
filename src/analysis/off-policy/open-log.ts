import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import type { ColumnNames } from "../../exchange/import/column-names.ts";
import { invalidFile } from "../../exchange/import/text-source.ts";
import type { DecisionLog } from "./decision-log.ts";
import { openCsvLog, readItemContext } from "./read-csv-log.ts";
import { openJsonlLog } from "./read-jsonl-log.ts";
import { openParquetLog } from "./read-parquet-log.ts";

const endings = [".csv", ".jsonl", ".json", ".dsjson", ".parquet"];
const itemContext = "item_context.csv";

/** The log of a folder as Open Bandit publishes it: one file beside item_context.csv. */
function findInFolder(folder: string): string {
  const files = readdirSync(folder).filter(
    (name) => endings.includes(extname(name)) && name !== itemContext,
  );
  const [only] = files;
  if (files.length === 1 && only !== undefined) return join(folder, only);
  const found = files.length === 0 ? "none" : files.slice(0, 5).join(", ");
  throw invalidFile(
    folder,
    `must hold one log (${endings.join(", ")}), found ${found}; name the file`,
  );
}

async function openCsv(file: string, names: ColumnNames): Promise<DecisionLog> {
  const beside = join(dirname(file), itemContext);
  const actions = existsSync(beside) ? await readItemContext(beside) : undefined;
  return openCsvLog(file, { names, ...(actions && { actions }) });
}

/**
 * A log of decisions by the ending of its name, or the one log of a folder.
 * @param names columns of a table that are called otherwise there
 * @throws invalid_file if there is none, or if it has none of the formats; invalid_request for a name that no column has
 */
export async function openLog(path: string, names: ColumnNames = new Map()): Promise<DecisionLog> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw invalidFile(path, "does not exist; name a log of decisions");
  const file = stats.isDirectory() ? findInFolder(path) : path;
  switch (extname(file)) {
    case ".csv":
      return openCsv(file, names);
    case ".parquet":
      return openParquetLog(file, names);
    case ".jsonl":
    case ".json":
    case ".dsjson":
      return openJsonlLog(file, names);
    default:
      throw invalidFile(basename(file), `must end in ${endings.join(", ")}; rename it`);
  }
}
