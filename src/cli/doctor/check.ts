import type { DatabaseOptions } from "../database.ts";

/** Result of a look at one thing: its state, or a problem with its remedy. */
export interface Check {
  readonly name: string;
  readonly text: string;
  readonly isProblem: boolean;
}

export interface DoctorOptions extends DatabaseOptions {
  /** Address that the server listens on. */
  readonly host: string;
}

export const well = (name: string, text: string): Check => ({ name, text, isProblem: false });
export const problem = (name: string, text: string): Check => ({ name, text, isProblem: true });

/** A failed look is a problem: its message has the remedy. */
export async function look(name: string, read: () => Promise<Check> | Check): Promise<Check> {
  try {
    return await read();
  } catch (error) {
    return problem(name, (error as Error).message);
  }
}
