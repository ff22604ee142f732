import type { ReactNode } from "react";
import type { Guard } from "../../src/contract/records.ts";
import { formatPercent, formatReward } from "./format.ts";

/** Margin of a guard metric, and the one that its traffic can decide about. */
function describeMetric({ margin, smallestMargin }: NonNullable<Guard["metric"]>): string {
  const decides = smallestMargin === undefined ? "none yet" : formatPercent(smallestMargin);
  return `, margin ${formatPercent(margin)}, can decide ${decides}`;
}

export function GuardsTable({ guards }: { readonly guards: readonly Guard[] }): ReactNode {
  return (
    <section className="guards">
      <h3>Guards</h3>
      <table className="inner">
        <thead>
          <tr>
            <th scope="col">guard</th>
            <th scope="col" className="number">
              value
            </th>
            <th scope="col" className="number">
              limit
            </th>
            <th scope="col">passed</th>
          </tr>
        </thead>
        <tbody>
          {guards.map((guard) => (
            <tr key={guard.name}>
              <th scope="row">{guard.name}</th>
              <td className="number">{formatReward(guard.value)}</td>
              <td className="number">{formatReward(guard.limit)}</td>
              <td className={guard.passed ? "gain" : "loss"}>
                {guard.passed ? "✓ yes" : "✕ no"}
                {guard.metric && describeMetric(guard.metric)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
