import Table from "cli-table3";
import type { PolicyRanking } from "../../analysis/ranking/rank-with-policy.ts";
import type { MeanOverUsers } from "../../domain/first-slates.ts";
import { formatWhole } from "../../numeric/format.ts";
import { plain } from "../table-style.ts";

const figure = ({ mean, standardError }: MeanOverUsers) =>
  `${mean.toFixed(4)} ± ${standardError.toFixed(4)}`;

function tableQuality({ k, quality, ndcg }: PolicyRanking): string {
  const table = new Table({
    head: ["slates", `HR@${k}`, `NDCG@${k}`],
    colAligns: ["left", "right", "right"],
    style: plain,
  });
  table.push(["sorted", figure(quality.sorted), figure(ndcg)]);
  // A drawn slate has no order of merit.
  table.push(["as served", figure(quality.served), "–"]);
  return table.toString();
}

const describeEvents = ({ events, protocol, cutOff }: PolicyRanking): string => {
  if (events === "held-out") return "events that training held out, of users who chose nothing";
  const users = protocol === "time-split" ? "users who came" : "users with an event";
  return `last events of ${users} after event number ${formatWhole(cutOff)}`;
};

/** A policy, the events it was measured on, its figures, and their limits in words. */
export function describePolicyRanking(ranking: PolicyRanking): string {
  const { version, scenario, kind, protocol, users, items, quality, fastLoop } = ranking;
  const { served, sorted, effectiveChoices } = quality;
  const kept = sorted.mean === 0 ? "all" : (served.mean / sorted.mean).toFixed(2);
  return [
    `policy    ${version} (${kind}) of scenario ${scenario}`,
    `protocol  ${protocol}; ${describeEvents(ranking)}; ${formatWhole(users)} users tested`,
    `ranked    all ${formatWhole(items)} items that may be shown`,
    "",
    tableQuality(ranking),
    "",
    `served keeps ${kept} of sorted, with ${effectiveChoices.toFixed(1)} effective choices under exploration ${ranking.exploration}; ± one standard error over users`,
    ...(fastLoop ? ["The scenario's fast loop adds to these logits; it is not measured."] : []),
  ].join("\n");
}
