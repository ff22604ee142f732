import { Command } from "commander";
import { privacyEraseCommand, privacyVerifyCommand } from "./privacy-erase.ts";
import {
  privacyExportCommand,
  privacyPruneCommand,
  privacyRelearnCommand,
} from "./privacy-keep.ts";

/** `recurve privacy`. */
export function privacyCommand(): Command {
  const command = new Command("privacy").description(
    "Erase users with a receipt, verify receipts, keep rows no longer than their time, and write all rows of one",
  );
  for (const child of [
    privacyEraseCommand(),
    privacyVerifyCommand(),
    privacyRelearnCommand(),
    privacyPruneCommand(),
    privacyExportCommand(),
  ])
    command.addCommand(child);
  return command;
}
