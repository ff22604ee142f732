import { Command } from "commander";
import { pseudonymCommand, pseudonymKeysCommand, retireCommand } from "./pseudonyms.ts";

/** `recurve privacy …`: what the record holds about people. */
export function privacyCommand(): Command {
  const command = new Command("privacy").description(
    "Find a user's pseudonym, and list and retire the keys of pseudonyms",
  );
  for (const child of [pseudonymCommand(), pseudonymKeysCommand(), retireCommand()])
    command.addCommand(child);
  return command;
}
