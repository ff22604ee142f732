import Table from "cli-table3";
import { type ExplainedItem, type Explanation, termNames } from "../domain/explanation.ts";
import { formatShare, formatWhole } from "../numeric/format.ts";
import { plain } from "./table-style.ts";

const missing = "–";
/** Log-odds: a thousandth of one is nothing. */
const tell = (value: number | undefined) =>
  value === undefined ? missing : String(Number(value.toFixed(3)));
const tellShare = (value: number | undefined) =>
  value === undefined ? missing : formatShare(value);

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const colAligns = head.map((_, column) => (column === 0 ? "left" : "right") as "left" | "right");
  const table = new Table({ head: [...head], colAligns, style: plain });
  for (const row of rows) table.push([...row]);
  return table.toString();
}

/** The rule of a position, or the candidates that chance had there. */
function tellPlace({ pinned, open = 0, capped = 0, rank = 0 }: ExplainedItem): string {
  if (pinned) return "pinned";
  return `${rank} of ${formatWhole(open)}${capped > 0 ? `, ${capped} capped` : ""}`;
}

function describeSlate({ slate }: Explanation): string {
  const terms = termNames.filter((name) => slate.some((item) => item.terms[name] !== undefined));
  return tableOf(
    ["item", "probability", "explored", "rank", "score", ...terms, "raised by"],
    slate.map((item) => [
      ...[item.itemId, tellShare(item.propensity), tellShare(item.explored), tellPlace(item)],
      ...[tell(item.score), ...terms.map((name) => tell(item.terms[name]))],
      item.raisedBy.map(({ event }) => `#${event}`).join(" ") || missing,
    ]),
  );
}

/** The newest first. */
function describeHistory({ history }: Explanation): string {
  return tableOf(
    ["event", "item", "type", "time", "attention", "shift", "log ratio"],
    history
      .map((event, place) => [
        ...[`#${place}`, event.itemId, event.type, new Date(event.occurredAt).toISOString()],
        ...[tellShare(event.attention), tellShare(event.shift), tell(event.logRatio)],
      ])
      .reverse(),
  );
}

function describeLeftOut({ candidates, leftOut }: Explanation): string {
  const chosen = `${formatWhole(candidates)} candidates`;
  if (leftOut === undefined) return `${chosen} of the request`;
  const { available, byRules, seen, notRetrieved } = leftOut;
  return `${chosen} of ${formatWhole(available)} items: ${formatWhole(byRules)} left out by rules, ${formatWhole(seen)} seen or repeated, ${formatWhole(notRetrieved)} not retrieved`;
}

/** An explanation for a person. */
export function describeExplanation(explanation: Explanation): string {
  const { decisionId, userId, scenario, arm, policyVersion, decidedAt } = explanation;
  const { exploration, history, movedBy } = explanation;
  const moved = movedBy.events.map((place) => `#${place} ${history[place]?.itemId}`).join(", ");
  return [
    `decision    ${decisionId}, user ${userId}, ${new Date(decidedAt).toISOString()}`,
    `policy      version ${policyVersion}, arm ${arm} of ${scenario}, exploration ${formatShare(exploration)}`,
    `candidates  ${describeLeftOut(explanation)}`,
    `moved by    ${moved === "" ? "no event" : `${moved}: without them ${formatShare(movedBy.shift)} of the choices would differ`}`,
    describeSlate(explanation),
    ...(history.length === 0 ? [] : [describeHistory(explanation)]),
  ].join("\n");
}
