import type { ReactNode } from "react";
import type { SettingRow } from "./cycle-record.ts";
import { formatPercent } from "./format.ts";

const columns = [
  ["klRadius", "KL radius"],
  ["memory", "memory"],
  ["pessimism", "pessimism"],
  ["discriminator", "discriminator"],
  ["proximity", "proximity"],
  ["predicted", "predicted"],
  ["difference", "difference ± s.e."],
  ["z", "Z"],
] as const;

function Weight({ weight }: { readonly weight: number }): ReactNode {
  return (
    <>
      <meter value={weight} aria-hidden="true" />
      <span className="digits">{formatPercent(weight)}</span>
    </>
  );
}

/** The challengers of a cycle: setting, expected gain, judgement, and share in the mixture. */
export function SettingsTable({
  settings,
}: {
  readonly settings: readonly SettingRow[];
}): ReactNode {
  return (
    <section className="settings">
      <h3>Settings tried</h3>
      <table className="inner">
        <thead>
          <tr>
            <th scope="col">setting</th>
            {columns.map(([key, title]) => (
              <th scope="col" className="number" key={key}>
                {title}
              </th>
            ))}
            <th scope="col" className="number">
              weight
            </th>
          </tr>
        </thead>
        <tbody>
          {settings.map((setting) => (
            <tr key={setting.name}>
              <th scope="row">
                {setting.name}
                {setting.isChosen ? <span className="small"> (chosen)</span> : null}
              </th>
              {columns.map(([key, title]) => (
                <td className="number" key={key} data-label={title}>
                  {setting[key]}
                </td>
              ))}
              <td className="number weight" data-label="weight">
                <Weight weight={setting.weight} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
