import { Command } from "commander";
import { EngineError } from "../../domain/errors.ts";
import { type AuditReport, audit } from "../../engine/audit/audit.ts";
import { auditTolerance } from "../../engine/audit/compare-propensities.ts";
import { formatCounted, formatWhole } from "../../numeric/format.ts";
import { checkRange } from "../check-range.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { exitWhenAborted, withInterruption } from "../interruption.ts";
import { integerIn, parseTime } from "../parse-options.ts";
import { createTimedLine } from "../timed-line.ts";

interface AuditOptions extends DatabaseOptions {
  readonly from?: number;
  readonly to?: number;
  readonly limit?: number;
}

const listedFindings = 20;
const listedGone = 5;
const total = ({ counts }: AuditReport): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Such as "3 (2 tampered-row, 1 missing-snapshot)". */
function countFindings(report: AuditReport): string {
  const counts = Object.entries(report.counts).map(
    ([cause, count]) => `${formatWhole(count)} ${cause}`,
  );
  const all = formatWhole(total(report));
  return counts.length === 0 ? all : `${all} (${counts.join(", ")})`;
}

/** Such as "removed by erasure        3 users: 40 events, 12 decisions". */
function describeRemoved({ kind, removals, rows }: AuditReport["removed"][number]): string {
  const counts = Object.entries(rows).filter(([, count = 0]) => count > 0);
  const parts = counts.map(([name, count = 0]) => `${formatWhole(count)} ${name}`).join(", ");
  const times = kind === "erasure" ? `${formatCounted(removals, "user")}: ` : "";
  return `${`removed by ${kind}`.padEnd(26)}${times}${parts || "no rows"}`;
}

/** Their rows are whole, by their checksums. */
function describeGone({ notDerivable, notDerivableIds }: AuditReport): string {
  const { erasure, retention } = notDerivable;
  const named = notDerivableIds.slice(0, listedGone).join(", ");
  const more = erasure + retention > listedGone ? ", …" : "";
  return `rows they stood on gone   ${formatWhole(erasure)} by erasure, ${formatWhole(retention)} by retention: ${named}${more}`;
}

export function describeAudit(report: AuditReport): string {
  const { decisions, largestDifference, armsNotDerivable, retrievalsNotDerivable, findings } =
    report;
  const more = total(report) - listedFindings;
  const gone = Object.values(report.notDerivable).reduce((sum, count) => sum + count, 0);
  return [
    `decisions checked         ${formatWhole(decisions)}`,
    `largest difference        ${largestDifference.toExponential(2)} (at most ${auditTolerance.toExponential(0)})`,
    `arms not derivable        ${formatWhole(armsNotDerivable)}`,
    `retrievals not derivable  ${formatWhole(retrievalsNotDerivable)}`,
    ...report.removed.map(describeRemoved),
    ...(gone > 0 ? [describeGone(report)] : []),
    `findings                  ${countFindings(report)}`,
    ...findings
      .slice(0, listedFindings)
      .map(({ decisionId, cause, problem }) => `${decisionId}: ${cause}: ${problem}`),
    ...(more > 0 ? [`… and ${formatWhole(more)} more`] : []),
  ].join("\n");
}

function checkReport(report: AuditReport): void {
  const { decisions } = report;
  const findings = total(report);
  if (findings === 0) return;
  throw new EngineError(
    "audit_failed",
    `${findings} of ${decisions} decisions can't be derived again as they were logged; don't learn from them, and report it`,
    { details: { findings, decisions } },
  );
}

async function runAudit(given: AuditOptions): Promise<void> {
  checkRange(given);
  const { from, to, limit, ...options } = given;
  await withInterruption(async (signal) => {
    exitWhenAborted(signal);
    let size = 0;
    const work = () => `audit of ${formatWhole(size)} decisions`;
    const line = createTimedLine({ work, stream: process.stderr, clock: Date.now });
    const onProgress = (done: number, total: number) => {
      size = total;
      line.update(`${formatWhole(done)} of ${formatWhole(total)} decisions`, done / total);
    };
    const report = await withDatabase(options, (parts) =>
      audit({
        ...parts,
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
        ...(limit !== undefined && { limit }),
        onProgress,
      }),
    ).finally(() => line.stop());
    process.stdout.write(`${describeAudit(report)}\n`);
    checkReport(report);
  });
}

export function auditCommand(): Command {
  const command = new Command("audit").description(
    "Derive the propensities of logged decisions again and compare them with the log",
  );
  return withDatabaseOptions(command)
    .option("--from <time>", "decisions made at this time or later, such as 2026-03-01", parseTime)
    .option("--to <time>", "decisions made before this time", parseTime)
    .option(
      "--limit <count>",
      "most decisions to audit, the newest first",
      integerIn(1, 100_000_000),
    )
    .addHelpText("after", "\nExits with 1 if a decision can't be derived again as it was logged.")
    .addHelpText("after", "\nExample:\n  $ recurve audit --database shop.db --from 2026-03-01")
    .action(runAudit);
}
