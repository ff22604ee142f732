import { execSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./documents.ts";

/** Tests need the runtime that the package carries and the dashboard; a fresh checkout has neither. */
export function setup(): void {
  const built = ["dist/runtime", "dist/dashboard"].map((folder) => join(repository, folder));
  if (built.every(existsSync)) return;
  // The runner's NODE_ENV would make the dashboard with React's slow half for developers.
  const { NODE_ENV: _, ...env } = process.env;
  execSync("npm run build", { cwd: repository, stdio: "inherit", env });
}
