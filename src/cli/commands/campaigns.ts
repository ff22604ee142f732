import Table from "cli-table3";
import { Command } from "commander";
import type { CampaignReport } from "../../domain/campaign-report.ts";
import { dayMs } from "../../domain/durations.ts";
import { reportCampaigns } from "../../engine/campaigns/report.ts";
import { findScenario } from "../../engine/configuration/find-scenario.ts";
import { formatShareToTenth } from "../../numeric/format.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { integerIn } from "../parse-options.ts";
import { plain } from "../table-style.ts";

interface Options extends DatabaseOptions {
  readonly scenario?: string;
  readonly days: number;
  readonly json: boolean;
}

const money = (amount: number) => amount.toFixed(2);
const share = (value: number | undefined) =>
  value === undefined ? "–" : formatShareToTenth(value);

const listOutcomes = ({ outcomes }: CampaignReport) =>
  Object.entries(outcomes)
    .map(([type, events]) => `${events} ${type}`)
    .join(", ") || "–";

/** A row a campaign. */
function describeCampaigns(campaigns: readonly CampaignReport[]): string {
  const table = new Table({
    head: [
      ...["campaign", "status", "shown", "won", "spend", "reserved", "outcomes"],
      ...["factor", "lead", "explored", "cost"],
    ],
    colAligns: [
      "left",
      "left",
      "right",
      "right",
      "right",
      "right",
      "left",
      ...Array(4).fill("right"),
    ],
    style: plain,
  });
  for (const campaign of campaigns) {
    const { campaignId, status, impressions, winRate, spend, reserved, pacing, explored } =
      campaign;
    table.push([
      ...[campaignId, status, String(impressions), share(winRate), money(spend), money(reserved)],
      ...[listOutcomes(campaign), pacing?.factor.toFixed(3) ?? "–", share(pacing?.lead)],
      ...[share(explored.share), money(explored.spend)],
    ]);
  }
  return table.toString();
}

async function run({ scenario, days, json, ...database }: Options): Promise<void> {
  const now = Date.now();
  const reported = await withDatabase(database, async ({ store, configuration }) => {
    const { scenarios } = configuration;
    const named = scenario ?? scenarios.find(({ ads }) => ads)?.name;
    const { name } = findScenario(configuration, named);
    return reportCampaigns(store, now, { scenario: name, from: now - (days - 1) * dayMs });
  });
  const text = json ? JSON.stringify(reported, null, 2) : describeCampaigns(reported);
  process.stdout.write(`${text}\n`);
}

export function campaignsCommand(): Command {
  const command = new Command("campaigns").description(
    "Report impressions, spend, pacing, win rate and cost of exploration by campaign",
  );
  return withDatabaseOptions(command)
    .option("--scenario <name>", "scenario of the campaigns; default: the first with ads")
    .option("--days <count>", "days in UTC, the last of them today", integerIn(1, 3650), 1)
    .option("--json", "print as JSON", false)
    .addHelpText("after", "\nExample:\n  $ recurve campaigns --database shop.db --days 7")
    .action(run);
}
