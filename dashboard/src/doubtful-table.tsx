import type { ReactNode } from "react";
import type { DoubtfulRow } from "./doubtful-items.ts";

/**
 * The list for operators: with the largest disagreement between reward model and satisfied users.
 */
export function DoubtfulTable({ rows }: { readonly rows: readonly DoubtfulRow[] }): ReactNode {
  return (
    <section className="doubtful">
      <h3>Too good to be true</h3>
      <p className="small">
        The reward model expects much of these items, but satisfied users don't choose them.
      </p>
      <table className="inner">
        <thead>
          <tr>
            <th scope="col">item</th>
            {["expected", "D", "shown", "earned"].map((title) => (
              <th scope="col" className="number" key={title}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.itemId}>
              <th scope="row" className="id">
                <bdi>{row.itemId}</bdi>
              </th>
              <td className="number">{row.expected}</td>
              <td className="number">{row.discriminator}</td>
              <td className="number">{row.shown}</td>
              <td className="number">{row.earned}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
