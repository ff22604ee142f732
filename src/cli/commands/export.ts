import { Command } from "commander";
import { tableNames } from "../export-tables.ts";
import { exportMlflowCommand } from "./export-mlflow.ts";
import { exportObpCommand } from "./export-obp.ts";
import { exportOnnxCommand } from "./export-onnx.ts";
import { exportRecboleCommand } from "./export-recbole.ts";
import { exportTableCommand } from "./export-table.ts";
import { exportTensorboardCommand } from "./export-tensorboard.ts";

export function exportCommand(): Command {
  const command = new Command("export").description(
    "Write the record or a policy out for other tools",
  );
  for (const name of tableNames) command.addCommand(exportTableCommand(name));
  command.addCommand(exportObpCommand());
  command.addCommand(exportRecboleCommand());
  command.addCommand(exportOnnxCommand());
  command.addCommand(exportTensorboardCommand());
  command.addCommand(exportMlflowCommand());
  return command;
}
