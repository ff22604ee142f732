import type { ReactNode } from "react";
import type { CycleBody } from "../../src/contract/cycles.ts";
import { settingRows } from "./cycle-record.ts";
import { doubtfulRows } from "./doubtful-items.ts";
import { DoubtfulTable } from "./doubtful-table.tsx";
import { type FigureGroup, figureGroups } from "./figures.ts";
import { formatMoment } from "./format.ts";
import { GuardsTable } from "./guards-table.tsx";
import { SettingsTable } from "./settings-table.tsx";
import { stageCosts } from "./stage-costs.ts";

function Figures({ group }: { readonly group: FigureGroup }): ReactNode {
  return (
    <section>
      <h3>{group.title}</h3>
      <dl className="figures">
        {group.figures.map(({ label, text }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Costs({ cycle }: { readonly cycle: CycleBody }): ReactNode {
  const costs = stageCosts(cycle.record);
  if (costs.length === 0) return null;
  return (
    <section>
      <h3>Cost by stage</h3>
      <dl className="figures costs">
        {costs.map(({ label, text, share }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <meter value={share} aria-label={`${label}: share of the cycle`} />
              <span className="digits">{text}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function versionsText({ policyVersion, candidateVersion }: CycleBody): string {
  const served = policyVersion === undefined ? undefined : `policy ${policyVersion}`;
  const tried = candidateVersion === undefined ? undefined : `candidate ${candidateVersion}`;
  return [served, tried].filter((part) => part !== undefined).join(", ");
}

/** The evidence of a cycle. Fields that its record lacks are not shown. */
export function CycleDetails({ cycle }: { readonly cycle: CycleBody }): ReactNode {
  const { record } = cycle;
  const settings = settingRows(record);
  const guards = record.gate?.guards ?? [];
  const doubtful = doubtfulRows(record);
  const groups = figureGroups(record);
  return (
    <div className="evidence">
      <p className="small">
        {formatMoment(cycle.startedAt)} to {formatMoment(cycle.finishedAt)}
        {versionsText(cycle) === "" ? "" : ` · ${versionsText(cycle)}`}
      </p>
      <div className="evidence-tables">
        {settings.length > 0 ? <SettingsTable settings={settings} /> : null}
        {guards.length > 0 ? <GuardsTable guards={guards} /> : null}
        {doubtful.length > 0 ? <DoubtfulTable rows={doubtful} /> : null}
      </div>
      <div className="evidence-columns">
        {groups.map((group) => (
          <Figures key={group.title} group={group} />
        ))}
        <Costs cycle={cycle} />
      </div>
      {settings.length + guards.length + groups.length === 0 ? (
        <p className="small">
          {record.damage === undefined
            ? "This cycle ended before anything was measured."
            : `The record of this cycle is damaged: ${record.damage}`}
        </p>
      ) : null}
    </div>
  );
}
