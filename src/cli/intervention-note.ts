import { userInfo } from "node:os";
import type { Command } from "commander";
import type { InterventionNote } from "../domain/intervention.ts";

export interface NoteOptions {
  readonly by?: string;
  readonly reason?: string;
}

export const withNoteOptions = (command: Command): Command =>
  command
    .option("--by <name>", "your name in the record; default: your user name")
    .option("--reason <text>", "reason in the record");

/** A container may run as a number that has no name. */
export function findUserName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

export function readNote({ by = findUserName(), reason }: NoteOptions): InterventionNote {
  return { ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) };
}
