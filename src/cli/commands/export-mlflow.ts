import { Command } from "commander";
import { EngineError } from "../../domain/errors.ts";
import { createMlflowExport, type MlflowSummary } from "../../exchange/mlflow/export-mlflow.ts";
import { readTrackingSettings } from "../../exchange/mlflow/tracking-settings.ts";
import { version as recurve } from "../../host/package.ts";
import { trackRuns } from "../../host/track-runs.ts";
import { formatCounted } from "../../numeric/format.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { pause, withInterruption } from "../interruption.ts";

interface ExportMlflowOptions extends DatabaseOptions {
  readonly follow?: boolean;
}

const tell = (uri: string, { cycles, policies }: MlflowSummary) =>
  process.stdout.write(
    `${formatCounted(cycles, "new cycle")} and ${formatCounted(policies, "new version")} of policies are in MLflow at ${uri}\n`,
  );

const warn = (error: Error) => process.stderr.write(`${error.message}\n`);

const noServer = () =>
  new EngineError(
    "invalid_configuration",
    "tracking.uri is missing: set it to the address of an MLflow server, or set MLFLOW_TRACKING_URI; see docs/guides/tracking.md",
    { details: { field: "tracking.uri" } },
  );

async function runExportMlflow({ follow, ...options }: ExportMlflowOptions): Promise<void> {
  await withInterruption((signal) =>
    withDatabase(options, async ({ store, configuration }) => {
      const settings = readTrackingSettings(configuration.tracking, process.env);
      if (settings === undefined) throw noServer();
      const parts = { store, configuration, signal };
      if (!follow) {
        const send = createMlflowExport({ ...parts, settings, recurve, onProblem: warn });
        tell(settings.uri, await send());
        return;
      }
      await trackRuns({
        ...parts,
        onError: warn,
        onTracked: (summary) => void tell(settings.uri, summary),
        wait: (milliseconds) => pause(milliseconds, signal),
      });
    }),
  );
}

export function exportMlflowCommand(): Command {
  const command = new Command("mlflow").description(
    "Send the cycles to an MLflow server, a run each, and the policies that served to its registry; again, it adds new ones",
  );
  return withDatabaseOptions(command)
    .option("--follow", "continue: send each cycle when it has ended, until Ctrl-C")
    .addHelpText(
      "after",
      "\nExample:\n  $ MLFLOW_TRACKING_URI=http://localhost:5000 recurve export mlflow --database shop.db\n\nA server or learner does it by itself if the configuration has tracking.uri: docs/guides/tracking.md",
    )
    .action(runExportMlflow);
}
