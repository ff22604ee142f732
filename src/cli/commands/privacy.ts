import { Command } from "commander";
import { privacyEraseCommand, privacyVerifyCommand } from "./privacy-erase.ts";
import {
  privacyExportCommand,
  privacyPruneCommand,
  privacyRelearnCommand,
} from "./privacy-keep.ts";
import { pseudonymCommand, pseudonymKeysCommand, retireCommand } from "./pseudonyms.ts";

/** `recurve privacy …`: the rows of people in a record. */
export function privacyCommand(): Command {
  const command = new Command("privacy").description(
    "Erase users with a receipt, verify receipts, keep rows no longer than their time, write all rows of one, and keep pseudonyms",
  );
  for (const child of [
    privacyEraseCommand(),
    privacyVerifyCommand(),
    privacyRelearnCommand(),
    privacyPruneCommand(),
    privacyExportCommand(),
    pseudonymCommand(),
    pseudonymKeysCommand(),
    retireCommand(),
  ])
    command.addCommand(child);
  return command;
}
