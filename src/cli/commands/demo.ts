import { Command, Option } from "commander";
import { createClient } from "../../sdk/client.ts";
import { createDemoWorld, demoScenario } from "../demo/demo-configuration.ts";
import { simulateUsers } from "../demo/simulated-users.ts";
import { withInterruption } from "../interruption.ts";
import { createLog, type LogOptions, withLogOptions } from "../log.ts";
import { parseUrl } from "../parse-options.ts";

interface DemoOptions extends LogOptions {
  readonly url: string;
  readonly apiKey?: string;
}

async function demo({ url, apiKey, ...options }: DemoOptions): Promise<void> {
  const log = createLog("users", options);
  await withInterruption((signal) =>
    simulateUsers({
      client: createClient({ baseUrl: url, ...(apiKey !== undefined && { apiKey }) }),
      world: createDemoWorld(),
      scenario: demoScenario,
      signal,
      visitsPerSecond: 80,
      concurrency: 8,
      retryPauseMs: 1000,
      clock: Date.now,
      onWait: ({ message }) =>
        log.warn(`${message}. Waiting until it answers; Ctrl-C ends the wait`),
    }),
  );
}

export function demoCommand(): Command {
  const command = new Command("demo").description(
    "Simulate users for a server with a scenario 'demo'; recurve start does the same",
  );
  return withLogOptions(command)
    .requiredOption("--url <url>", "URL of the server", parseUrl)
    .addOption(
      new Option("--api-key <key>", "key with the scopes serve, write and read").env(
        "RECURVE_API_KEY",
      ),
    )
    .addHelpText("after", "\nExample:\n  $ recurve demo --url http://127.0.0.1:7400")
    .action(demo);
}
