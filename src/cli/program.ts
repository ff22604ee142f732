import { Command } from "commander";
import { version } from "../host/package.ts";
import { auditCommand } from "./commands/audit.ts";
import { backupCommand } from "./commands/backup.ts";
import { campaignsCommand } from "./commands/campaigns.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { explainCommand } from "./commands/explain.ts";
import { exportCommand } from "./commands/export.ts";
import { importCommand } from "./commands/import.ts";
import { keysCommand } from "./commands/keys.ts";
import { learnCommand } from "./commands/learn.ts";
import { metaTrainCommand } from "./commands/meta-train.ts";
import { privacyCommand } from "./commands/privacy.ts";
import { promotionsCommand } from "./commands/promotions.ts";
import { restoreCommand } from "./commands/restore.ts";
import { rollBackCommand } from "./commands/roll-back.ts";
import { serveCommand } from "./commands/serve.ts";
import { simulateCommand } from "./commands/simulate.ts";
import { startCommand } from "./commands/start.ts";
import { trailCommand } from "./commands/trail.ts";
import { trainCommand } from "./commands/train.ts";

/** Usage errors are thrown instead of ending the process, here and in all commands below. */
function throwUsageErrors(command: Command): void {
  command.exitOverride((error) => {
    throw error;
  });
  for (const child of command.commands) throwUsageErrors(child);
}

/** The command `recurve`. Parsing throws CommanderError for wrong usage, EngineError for expected failures. */
export function createProgram(): Command {
  const program = new Command("recurve")
    .description("A recommendation engine that learns from its own feedback.")
    .version(version)
    // An option after a command is that of the command.
    .enablePositionalOptions()
    .addHelpText("after", "\nTo see it at work: recurve start");
  program.addCommand(startCommand());
  program.addCommand(serveCommand());
  program.addCommand(importCommand());
  program.addCommand(trainCommand());
  program.addCommand(learnCommand());
  program.addCommand(exportCommand());
  program.addCommand(evaluateCommand());
  program.addCommand(auditCommand());
  program.addCommand(explainCommand());
  program.addCommand(doctorCommand());
  program.addCommand(backupCommand());
  program.addCommand(restoreCommand());
  program.addCommand(rollBackCommand());
  program.addCommand(promotionsCommand());
  program.addCommand(campaignsCommand());
  program.addCommand(keysCommand());
  program.addCommand(privacyCommand());
  program.addCommand(trailCommand());
  program.addCommand(simulateCommand());
  program.addCommand(metaTrainCommand());
  program.addCommand(demoCommand());
  throwUsageErrors(program);
  return program;
}
