import type { ReactNode } from "react";
import { decisionRate } from "./decision-rate.ts";
import { formatCount } from "./format.ts";
import { listPromotionTimes } from "./list-promotion-times.ts";
import { historyLimit, type LoopData } from "./load-loop.ts";

interface Station {
  readonly name: string;
  readonly does: string;
  readonly count: string | undefined;
}

const countText = (count: number | undefined, unit: string): string | undefined =>
  count === undefined ? undefined : `${formatCount(count)} ${unit}`;

/** Older cycles than the newest 50 are not on the page. */
function cyclesText(count: number): string {
  if (count >= historyLimit) return `newest ${historyLimit} cycles`;
  return count === 1 ? "1 cycle" : `${count} cycles`;
}

function stationsOf(data: LoopData): readonly Station[] {
  const { cycles, interventions, policies, scenario } = data;
  const judged = cycles.filter(({ record }) => record.gate?.rows);
  const promoted = listPromotionTimes(cycles, interventions);
  const read = cycles.find(({ record }) => record.feedback?.rows)?.record.feedback;
  return [
    { name: "events", does: "users' clicks", count: undefined },
    { name: "profile", does: "who asks", count: countText(read?.users, "users") },
    {
      name: "policy",
      does: "scores candidates",
      count: policies.serving === undefined ? undefined : `version ${policies.serving}`,
    },
    { name: "slate", does: "is shown", count: `${formatCount(scenario.decisions)} decisions` },
    { name: "feedback", does: "becomes reward", count: countText(read?.rows, "rows read") },
    { name: "cycle", does: "trains challengers", count: cyclesText(cycles.length) },
    { name: "gate", does: "proves or refuses", count: `${formatCount(judged.length)} judged` },
    {
      name: "promote",
      does: "proven policies only",
      count: `${formatCount(promoted.length)} promoted`,
    },
  ];
}

function rateText(rate: number | undefined): string {
  if (rate === undefined) return "";
  return rate > 0 ? `${formatCount(rate)} decisions a minute` : "idle";
}

/** The loop as a track: down the left side, up the right one. */
export function LoopPicture({ data }: { readonly data: LoopData }): ReactNode {
  const rate = decisionRate(data.decisionCounts);
  return (
    <section className="loop-section" aria-labelledby="loop-heading">
      <div className="section-head">
        <h2 id="loop-heading">The loop</h2>
        <span className="small">{rateText(rate)}</span>
      </div>
      <div className="track">
        <span className="rail" aria-hidden="true">
          {rate !== undefined && rate > 0 ? <span className="runner" /> : null}
        </span>
        <ol>
          {stationsOf(data).map(({ name, does, count }) => (
            <li key={name}>
              <b>{name}</b>
              <span>{does}</span>
              {count === undefined ? null : <span className="count">{count}</span>}
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}
