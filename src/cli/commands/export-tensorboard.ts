import { Command } from "commander";
import { createTensorboardExport } from "../../exchange/tensorboard/export-tensorboard.ts";
import { formatCounted } from "../../numeric/format.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { pause, withInterruption } from "../interruption.ts";
import { parseNeeded } from "../parse-options.ts";

interface ExportTensorboardOptions extends DatabaseOptions {
  readonly follow?: boolean;
}

/** Between looks for new cycles. */
const followMs = 10_000;

async function runExportTensorboard(
  folder: string,
  { follow = false, ...options }: ExportTensorboardOptions,
): Promise<void> {
  await withInterruption((signal) =>
    withDatabase(options, async (parts) => {
      const exportNew = createTensorboardExport({ ...parts, folder });
      for (let isFirst = true; !signal.aborted && (isFirst || follow); isFirst = false) {
        const { cycles, items } = await exportNew();
        if (isFirst || cycles > 0)
          process.stdout.write(
            `${formatCounted(cycles, "new cycle")} and ${formatCounted(items, "item vector")} are in ${folder}; look at them with tensorboard --logdir ${folder}\n`,
          );
        if (follow) await pause(followMs, signal);
      }
    }),
  );
}

export function exportTensorboardCommand(): Command {
  const command = new Command("tensorboard")
    .description(
      "Write the cycles as TensorBoard's event files, a run for each scenario; again, it adds new ones",
    )
    .argument("<folder>", "folder of the runs", parseNeeded);
  return withDatabaseOptions(command)
    .option("--follow", "go on: add each cycle when it has ended, until Ctrl-C")
    .addHelpText(
      "after",
      "\nExample:\n  $ recurve export tensorboard runs --database shop.db --follow &\n  $ tensorboard --logdir runs\n\nThe curves are described in docs/guides/export.md",
    )
    .action(runExportTensorboard);
}
