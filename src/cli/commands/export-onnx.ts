import { Command } from "commander";
import { exportOnnx } from "../../exchange/onnx-export/export-onnx.ts";
import { version } from "../../host/package.ts";
import { formatWhole } from "../../numeric/format.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { noteDeed } from "../note-deed.ts";
import { integerIn, parseNeeded } from "../parse-options.ts";

interface ExportOnnxOptions extends DatabaseOptions {
  readonly scenario?: string;
  readonly policy?: number;
}

async function runExportOnnx(
  folder: string,
  { scenario, policy, ...options }: ExportOnnxOptions,
): Promise<void> {
  const summary = await withDatabase(options, async (parts) => {
    const exported = await exportOnnx({
      ...parts,
      folder,
      recurve: version,
      ...(scenario !== undefined && { scenario }),
      ...(policy !== undefined && { policy }),
    });
    await noteDeed(parts.store, "export", `policy ${exported.version} in ${folder}`);
    return exported;
  });
  const items = formatWhole(summary.items);
  process.stdout.write(
    `policy ${summary.version} of scenario ${summary.scenario} with ${items} items is in ${folder}; manifest.json describes the inputs\n`,
  );
}

export function exportOnnxCommand(): Command {
  const command = new Command("onnx")
    .description(
      "Write a policy as ONNX files with item embeddings, for Python, browsers and any ONNX host",
    )
    .argument("<folder>", "new or empty folder to write", parseNeeded);
  return withDatabaseOptions(command)
    .option(
      "--scenario <name>",
      "scenario whose serving policy is exported; default: the first of the configuration",
    )
    .option("--policy <version>", "export this version, serving or not", integerIn(1, 2 ** 31))
    .addHelpText(
      "after",
      "\nExample:\n  $ recurve export onnx shop-policy --database shop.db --scenario items\n\nHow to use the files: docs/guides/export.md",
    )
    .action(runExportOnnx);
}
