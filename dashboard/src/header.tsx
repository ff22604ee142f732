import type { ReactNode } from "react";
import { formatPercent } from "./format.ts";
import { type LoopData, type ScenarioRow, scenarioLabel } from "./load-loop.ts";
import { modeNames } from "./operating.ts";
import type { Trouble } from "./trouble.ts";

/** The name's mark: a curve that comes back to itself. */
function Mark(): ReactNode {
  return (
    <svg viewBox="0 0 24 24" className="mark" aria-hidden="true">
      <path d="M4 20C4 9 9 5 14 5a5 5 0 0 1 0 10c-4 0-6-3-6-6" />
    </svg>
  );
}

function Health(props: {
  readonly status: "ok" | "degraded";
  readonly trouble: Trouble["kind"] | undefined;
}): ReactNode {
  const { status, trouble } = props;
  return (
    <p className={`health health-${trouble ? "away" : status}`} aria-live="polite">
      <span className="dot" aria-hidden="true" />
      <span className="visually-hidden">Health: </span>
      {trouble ?? status}
    </p>
  );
}

function Versions({ policies }: { readonly policies: LoopData["policies"] }): ReactNode {
  const { serving, canary, canaryShare, holdback, holdbackShare = 0, baseline, mode } = policies;
  const { anchor, anchorShare = 0 } = policies;
  const shared = (version: number | undefined, share: number) =>
    version === undefined ? undefined : `policy ${version} (${formatPercent(share)})`;
  const rows = [
    ["serving", serving === undefined ? "none" : `policy ${serving}`],
    ["canary", shared(canary, canaryShare)],
    ["holdback", shared(holdback, holdbackShare)],
    ["anchor", shared(anchor, anchorShare)],
    ["baseline", baseline === undefined ? "none" : `policy ${baseline}`],
    ["promotions", mode === "automatic" ? undefined : modeNames[mode]],
  ] as const;
  return (
    <dl className="versions">
      {rows.map(([label, text]) =>
        text === undefined ? null : (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function ScenarioChoice(props: {
  readonly scenarios: readonly ScenarioRow[];
  readonly current: string;
  readonly onChoose: (name: string) => void;
}): ReactNode {
  return (
    <label className="scenario">
      <span>scenario</span>
      <select value={props.current} onChange={(event) => props.onChoose(event.target.value)}>
        {props.scenarios.map((scenario) => (
          <option key={scenario.name} value={scenario.name}>
            {scenarioLabel(scenario)}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Header(props: {
  readonly data: LoopData | undefined;
  readonly trouble: Trouble["kind"] | undefined;
  readonly onScenario: (name: string) => void;
  /** Absent without an API key. */
  readonly onForget: (() => void) | undefined;
}): ReactNode {
  const { data } = props;
  return (
    <header>
      <div className="name">
        <Mark />
        <h1>Recurve</h1>
      </div>
      <p className="tagline">
        Recommends, learns from the feedback, and promotes only proven policies.
      </p>
      {data ? (
        <div className="state">
          <Health status={data.health.status} trouble={props.trouble} />
          <Versions policies={data.policies} />
          {data.scenarios.length > 1 ? (
            <ScenarioChoice
              scenarios={data.scenarios}
              current={data.scenario.name}
              onChoose={props.onScenario}
            />
          ) : null}
        </div>
      ) : null}
      {props.onForget ? (
        <button type="button" className="plain" onClick={props.onForget}>
          Forget the API key
        </button>
      ) : null}
    </header>
  );
}
