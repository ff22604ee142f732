import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./command.ts";
import { benches } from "./registry.ts";

process.exitCode = await runCommand(process.argv.slice(2), {
  benches,
  targets: JSON.parse(readFileSync(join(import.meta.dirname, "targets.json"), "utf8")),
  clock: Date.now,
  print: (text) => console.log(text),
  printError: (text) => console.error(text),
});
