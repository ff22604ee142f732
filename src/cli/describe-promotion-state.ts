import Table from "cli-table3";
import type { Intervention } from "../domain/intervention.ts";
import type { PolicySnapshot } from "../domain/policy-snapshot.ts";
import type { PromotionState } from "../engine/interventions/promotion-state.ts";
import { describeLift } from "./evaluate/describe-promotions.ts";
import { plain } from "./table-style.ts";

const absent = "–";

/** The policy that waits, with the evidence for an approval. */
function describeWaiting({ version, createdAt, evidence }: PolicySnapshot): string[] {
  const { predicted = {}, reason = "" } = evidence.proposed ?? {};
  const made = new Date(createdAt).toISOString().slice(0, 16);
  return [
    `waiting    policy ${version} of ${made}, predicted lift ${describeLift(predicted)}`,
    `           ${reason}`,
  ];
}

function tableInterventions(interventions: readonly Intervention[]): string[] {
  if (interventions.length === 0) return ["Nobody has intervened yet."];
  const table = new Table({
    head: ["time", "intervention", "policy", "replaced", "by", "reason"],
    colAligns: ["left", "left", "right", "right", "left", "left"],
    style: plain,
  });
  for (const { madeAt, kind, version, replaced, by, key, reason } of interventions) {
    const time = new Date(madeAt).toISOString().slice(0, 19);
    table.push([
      time,
      kind,
      String(version ?? absent),
      String(replaced ?? absent),
      [by, key && `key ${key}`].filter(Boolean).join(", ") || absent,
      reason ?? absent,
    ]);
  }
  return [table.toString()];
}

/** How a scenario's promotions stand, for a person. */
export function describePromotionState(state: PromotionState): string {
  const { scenario, mode, serving, waiting, interventions } = state;
  return [
    `scenario   ${scenario}`,
    `promotions ${mode === "ask" ? "ask first" : mode}`,
    `serving    ${serving === undefined ? absent : `policy ${serving}`}`,
    ...(waiting === undefined ? [] : describeWaiting(waiting)),
    ...tableInterventions(interventions),
  ].join("\n");
}
