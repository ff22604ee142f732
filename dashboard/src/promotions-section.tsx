import { type ReactNode, useState } from "react";
import type { InterventionBody } from "../../src/contract/interventions.ts";
import type { PoliciesResponse, PolicyBody } from "../../src/contract/policies.ts";
import type { CycleRecord } from "../../src/contract/records.ts";
import { liveLines } from "./cycle-record.ts";
import { evidenceLine } from "./evidence.ts";
import { Moment } from "./moment.tsx";
import {
  describeDone,
  describeMaker,
  kindNames,
  kindsFor,
  modeNames,
  modeSentences,
} from "./operating.ts";
import { ShowAll } from "./show-all.tsx";

const shownAtFirst = 5;

type Ask = (kind: InterventionBody["kind"]) => void;

function Mode(props: { readonly policies: PoliciesResponse; readonly onAsk: Ask }): ReactNode {
  const { mode, serving } = props.policies;
  const tone = mode === "automatic" ? "good" : "wary";
  return (
    <div className="mode">
      <p>
        <span className={`label label-${tone}`}>{modeNames[mode]}</span>{" "}
        {mode === "pinned" ? `Policy ${serving} is pinned. ` : null}
        {modeSentences[mode]}
      </p>
      <div className="mode-buttons">
        {kindsFor(mode).map((kind) => (
          <button type="button" key={kind} onClick={() => props.onAsk(kind)}>
            {kindNames[kind]}
          </button>
        ))}
      </div>
    </div>
  );
}

/** The gate's own sentence if the policy waits as a canary, whose evidence is that of its start. */
function Waiting(props: { readonly policy: PolicyBody; readonly onAsk: Ask }): ReactNode {
  const { version, evidence } = props.policy;
  const reason = evidence.proposed?.reason;
  return (
    <div className="notice notice-degraded waiting-policy">
      <p>
        <strong>Policy {version} waits for approval.</strong>{" "}
        {evidenceLine({ ...evidence, ...(reason !== undefined && { reason }) })}
      </p>
      <div className="mode-buttons">
        {(["approve", "reject"] as const).map((kind) => (
          <button type="button" key={kind} onClick={() => props.onAsk(kind)}>
            {kindNames[kind]}
          </button>
        ))}
      </div>
    </div>
  );
}

function InterventionsTable(props: {
  readonly interventions: readonly InterventionBody[];
  readonly now: number;
}): ReactNode {
  return (
    <table className="interventions">
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">By hand</th>
          <th scope="col" className="why">
            Reason
          </th>
        </tr>
      </thead>
      <tbody>
        {props.interventions.map((intervention) => (
          <tr key={intervention.intervention}>
            <td>
              <Moment iso={intervention.madeAt} now={props.now} withDate />
            </td>
            <td>
              {describeDone(intervention)}
              <small>{describeMaker(intervention)}</small>
            </td>
            <td className="why">{intervention.reason ?? "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What live rewards say now: of the canary, of the last promotion, and of all since the anchor. */
function Live(props: {
  readonly record: CycleRecord | undefined;
  readonly policies: PoliciesResponse;
}): ReactNode {
  const { record, policies } = props;
  const lines = record === undefined ? [] : liveLines(record, policies);
  return lines.map((line) => (
    <p className="small" key={line}>
      {line}
    </p>
  ));
}

/** The mode of promotions, the policy that waits for approval, live findings and the interventions. */
export function PromotionsSection(props: {
  readonly policies: PoliciesResponse;
  readonly interventions: readonly InterventionBody[];
  /** Of the newest cycle. */
  readonly record: CycleRecord | undefined;
  readonly now: number;
  readonly onAsk: Ask;
}): ReactNode {
  const [showsAll, setShowsAll] = useState(false);
  const { policies, interventions, now, onAsk } = props;
  const waiting = policies.policies.find(({ version }) => version === policies.waiting);
  return (
    <section aria-labelledby="promotions-heading">
      <div className="section-head">
        <h2 id="promotions-heading">Promotions</h2>
        <span className="small">their mode, and interventions by hand</span>
      </div>
      <Mode policies={policies} onAsk={onAsk} />
      {waiting ? <Waiting policy={waiting} onAsk={onAsk} /> : null}
      <Live record={props.record} policies={policies} />
      {interventions.length > 0 ? (
        <InterventionsTable
          interventions={showsAll ? interventions : interventions.slice(0, shownAtFirst)}
          now={now}
        />
      ) : null}
      <ShowAll
        total={interventions.length}
        shownAtFirst={shownAtFirst}
        isShown={showsAll}
        onShow={() => setShowsAll(true)}
      />
    </section>
  );
}
