import { Command } from "commander";
import type { Explanation } from "../../domain/explanation.ts";
import { createExplainer } from "../../engine/explanation/create-explainer.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { describeExplanation } from "../describe-explanation.ts";
import { parseNeeded } from "../parse-options.ts";

interface ExplainOptions extends DatabaseOptions {
  readonly json: boolean;
}

const explain = (decisionId: string, options: ExplainOptions): Promise<Explanation> =>
  withDatabase(options, async ({ store, configuration }) => {
    const explainer = createExplainer(store, configuration);
    return explainer.explain(decisionId).finally(explainer.close);
  });

async function run(decisionId: string, options: ExplainOptions): Promise<void> {
  const explanation = await explain(decisionId, options);
  const text = options.json
    ? JSON.stringify(explanation, null, 2)
    : describeExplanation(explanation);
  process.stdout.write(`${text}\n`);
}

export function explainCommand(): Command {
  const command = new Command("explain")
    .description("Explain a logged decision: why this user was shown these items")
    .argument("<decision>", "id of the decision", parseNeeded);
  return withDatabaseOptions(command)
    .option("--json", "print as JSON", false)
    .addHelpText("after", "\nExample:\n  $ recurve explain 0b0e7d6c-8f1c --database shop.db")
    .action(run);
}
