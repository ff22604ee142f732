import Table from "cli-table3";
import type { Cycle } from "../../domain/cycle.ts";
import type { PromotionRecord } from "../../engine/views/list-promotions.ts";
import { plain } from "../table-style.ts";
import { describeEpsilon } from "./describe-privacy.ts";

const absent = "–";

const percent = (share: number) => {
  const rounded = Number((100 * share).toPrecision(3));
  return `${rounded > 0 ? "+" : rounded < 0 ? "−" : ""}${Math.abs(rounded)} %`;
};

interface Lift {
  readonly relativeLift?: number;
  readonly relativeInterval?: readonly [number, number];
}

/** `+8.1 % (+2.1 % to +14 %)`. */
export function describeLift({ relativeLift, relativeInterval }: Lift): string {
  if (relativeLift === undefined) return absent;
  const ends = relativeInterval?.map(percent).join(" to ");
  return ends === undefined ? percent(relativeLift) : `${percent(relativeLift)} (${ends})`;
}

/** The result or the present state of a promotion's comparison with the replaced policy. */
function describeEnd({ promotion, realised, status }: PromotionRecord): string {
  if (promotion.holdbackShare === 0) return "not compared";
  switch (realised?.action) {
    case "roll-back":
      return "rolled back";
    case "confirm":
      return "confirmed";
    case "expire":
      return "stands, neither better nor worse";
    default:
      return status === "serving" ? "being compared" : "replaced before a result";
  }
}

/**
 * Mean of both lifts over the promotions that have both, and the number of realised intervals that
 * hold the predicted lift.
 */
function summarise(records: readonly PromotionRecord[]): string {
  const pairs = records.flatMap(({ promotion, realised }) => {
    const predicted = promotion.predicted.relativeLift;
    const { relativeLift: lift, relativeInterval: interval } = realised ?? {};
    if (predicted === undefined || lift === undefined || interval === undefined) return [];
    return [{ predicted, lift, isWithin: interval[0] <= predicted && predicted <= interval[1] }];
  });
  if (pairs.length === 0) return "No promotion has both lifts yet.";
  const mean = (of: (pair: (typeof pairs)[number]) => number) =>
    percent(pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length);
  const within = pairs.filter(({ isWithin }) => isWithin).length;
  return (
    `${pairs.length} with both lifts: predicted ${mean(({ predicted }) => predicted)} on average, ` +
    `realised ${mean(({ lift }) => lift)}; the realised interval holds the predicted lift in ${within}.`
  );
}

/** The gain of all promotions together, as far as a cycle compared the serving arm with the anchor. */
export function describeAnchor({ scenario, record: { anchor } }: Cycle): string[] {
  if (anchor === undefined) return [];
  const users = `${anchor.serving.users} users against ${anchor.anchor.users} of anchor ${anchor.version}`;
  return [`All promotions of ${scenario} together: ${describeLift(anchor)}, ${users}.`];
}

/** Those that would be missing in a list of promotions. */
const listUnpromoted = (records: readonly PromotionRecord[], scenarios: readonly string[]) =>
  scenarios
    .filter((name) => !records.some(({ scenario }) => scenario === name))
    .map((name) => `No policy of scenario ${name} was promoted yet.`);

/**
 * Predicted beside realised lift of each promotion, newest first, and the scenarios without one.
 */
export function describePromotions(
  records: readonly PromotionRecord[],
  scenarios: readonly string[],
): string {
  const unpromoted = listUnpromoted(records, scenarios);
  if (records.length === 0) return unpromoted.join("\n");
  const table = new Table({
    head: [
      "policy",
      "of",
      "replaced",
      "promoted",
      "predicted lift",
      "realised lift",
      "users / held back",
      "",
    ],
    colAligns: ["right", "left", "right", "left", "right", "right", "right", "left"],
    style: plain,
  });
  for (const record of records) {
    const { promotion, realised, privacy } = record;
    table.push([
      String(record.version),
      record.scenario,
      String(promotion.replaced ?? absent),
      new Date(promotion.promotedAt).toISOString().slice(0, 16),
      describeLift(promotion.predicted),
      describeLift(realised ?? {}),
      realised ? `${realised.serving.users} / ${realised.holdback.users}` : absent,
      [describeEnd(record), privacy && describeEpsilon(privacy)].filter(Boolean).join(", "),
    ]);
  }
  return [table.toString(), summarise(records), ...unpromoted].join("\n");
}
