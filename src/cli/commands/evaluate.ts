import { Command } from "commander";
import { EngineError } from "../../domain/errors.ts";
import { findScenario } from "../../engine/configuration/find-scenario.ts";
import { listPromotions } from "../../engine/views/list-promotions.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { describeCycleRecord } from "../evaluate/describe-cycle-record.ts";
import { describeAnchor, describePromotions } from "../evaluate/describe-promotions.ts";
import { integerIn } from "../parse-options.ts";
import { activityCommand } from "./evaluate-activity.ts";
import { offPolicyCommand } from "./evaluate-off-policy.ts";
import { rankingCommand } from "./evaluate-ranking.ts";
import { ratingsCommand } from "./evaluate-ratings.ts";

interface ShowOptions extends DatabaseOptions {
  readonly json: boolean;
}

async function showCycle(number: number, options: ShowOptions): Promise<void> {
  const cycle = await withDatabase(options, ({ store }) => store.cycles.find(number));
  if (cycle === undefined) {
    const message = `no cycle ${number} in ${options.database}; recurve learn makes cycles, GET /api/v1/cycles lists them`;
    throw new EngineError("not_found", message, { details: { cycle: number } });
  }
  const text = options.json ? JSON.stringify(cycle, null, 2) : describeCycleRecord(cycle);
  process.stdout.write(`${text}\n`);
}

function showCommand(): Command {
  const command = new Command("show")
    .description(
      "Show a cycle's gate: statistic, interval, rows, guards, seed, snapshots, and the live test of the last promotion",
    )
    .argument("<cycle>", "number of the cycle", integerIn(1, Number.MAX_SAFE_INTEGER));
  return withDatabaseOptions(command)
    .option("--json", "print the whole record as JSON", false)
    .addHelpText("after", "\nExample:\n  $ recurve evaluate show 12 --database shop.db")
    .action(showCycle);
}

interface PromotionsOptions extends DatabaseOptions {
  readonly scenario?: string;
  readonly json: boolean;
}

async function showPromotions({ scenario, json, ...database }: PromotionsOptions): Promise<void> {
  const { records, scenarios, anchors } = await withDatabase(
    database,
    async ({ store, configuration }) => {
      const chosen =
        scenario === undefined ? undefined : findScenario(configuration, scenario).name;
      const names = configuration.scenarios.map(({ name }) => name);
      const scenarios = chosen === undefined ? names : [chosen];
      const newest = await Promise.all(
        scenarios.map(async (name) => (await store.cycles.list({ scenario: name, limit: 1 }))[0]),
      );
      return {
        records: await listPromotions(store, chosen),
        scenarios,
        anchors: newest.flatMap((cycle) => (cycle ? describeAnchor(cycle) : [])),
      };
    },
  );
  const text = [describePromotions(records, scenarios), ...anchors].join("\n");
  process.stdout.write(`${json ? JSON.stringify(records, null, 2) : text}\n`);
}

function promotionsCommand(): Command {
  const command = new Command("promotions").description(
    "Compare each promotion's predicted lift with the realised lift on live traffic",
  );
  return withDatabaseOptions(command)
    .option("--scenario <name>", "only this scenario")
    .option("--json", "print the records as JSON", false)
    .addHelpText("after", "\nExample:\n  $ recurve evaluate promotions --database shop.db")
    .action(showPromotions);
}

export function evaluateCommand(): Command {
  const command = new Command("evaluate").description(
    "Evaluate policies, rankers, cycles, promotions and activity",
  );
  command.addCommand(offPolicyCommand());
  command.addCommand(rankingCommand());
  command.addCommand(ratingsCommand());
  command.addCommand(showCommand());
  command.addCommand(promotionsCommand());
  command.addCommand(activityCommand());
  return command;
}
