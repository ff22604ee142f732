import { Command } from "commander";
import { createClient } from "../../sdk/client.ts";
import { createDemoWorld, demoScenario } from "../demo/demo-configuration.ts";
import { simulateUsers } from "../demo/simulated-users.ts";
import { withInterruption } from "../interruption.ts";
import { parseUrl } from "../parse-options.ts";

async function demo({ url }: { readonly url: string }): Promise<void> {
  await withInterruption((signal) =>
    simulateUsers({
      client: createClient({ baseUrl: url }),
      world: createDemoWorld(),
      scenario: demoScenario,
      signal,
      visitsPerSecond: 80,
      concurrency: 8,
      retryPauseMs: 1000,
      clock: Date.now,
      onWait: ({ message }) =>
        process.stderr.write(`${message}. Waiting until it answers; Ctrl-C ends the wait\n`),
    }),
  );
}

export function demoCommand(): Command {
  return new Command("demo")
    .description(
      "Simulated users for a server with a scenario 'demo'; recurve start starts this by itself",
    )
    .requiredOption("--url <url>", "where the server answers", parseUrl)
    .addHelpText("after", "\nExample:\n  $ recurve demo --url http://127.0.0.1:7400")
    .action(demo);
}
