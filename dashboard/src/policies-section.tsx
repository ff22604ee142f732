import { type ReactNode, useState } from "react";
import type { PoliciesResponse, PolicyBody } from "../../src/contract/policies.ts";
import { evidenceLine } from "./evidence.ts";
import { Moment } from "./moment.tsx";
import { StatusLabel } from "./outcome-label.tsx";
import { ShowAll } from "./show-all.tsx";

const shownAtFirst = 8;

/** Those that answer now, then the other networks as they came: newest first. Each cycle replaces the baseline. */
function byRelevance(response: PoliciesResponse): PolicyBody[] {
  const { serving, canary, holdback, baseline, waiting, policies } = response;
  const order = [serving, canary, waiting, holdback, baseline];
  const place = ({ version }: PolicyBody) =>
    order.includes(version) ? order.indexOf(version) : order.length;
  const shown = policies.filter(
    (policy) => policy.kind === "network" || order.includes(policy.version),
  );
  return shown.toSorted((left, right) => place(left) - place(right));
}

interface Props {
  readonly policies: PoliciesResponse;
  readonly now: number;
  readonly onRollBack: () => void;
}

function PolicyRow(props: {
  readonly policy: PolicyBody;
  readonly isBaseline: boolean;
  readonly now: number;
  /** Absent if there is no policy to roll back to. */
  readonly onRollBack: (() => void) | undefined;
}): ReactNode {
  const { policy, onRollBack } = props;
  return (
    <tr>
      <th scope="row">{policy.version}</th>
      <td className="middle">{policy.kind}</td>
      <td>
        <StatusLabel status={policy.status} />
        {props.isBaseline ? <small>baseline</small> : null}
        {onRollBack ? (
          <button type="button" className="plain" onClick={onRollBack}>
            Roll back
          </button>
        ) : null}
      </td>
      <td className="number middle">{policy.parent ?? "–"}</td>
      <td className="middle">
        <Moment iso={policy.createdAt} now={props.now} withDate />
      </td>
      <td className="why">{evidenceLine(policy.evidence)}</td>
    </tr>
  );
}

function PoliciesTable(props: {
  readonly policies: PoliciesResponse;
  readonly rows: readonly PolicyBody[];
  readonly now: number;
  readonly onRollBack: () => void;
}): ReactNode {
  const { serving, baseline, mode } = props.policies;
  return (
    <table className="policies">
      <thead>
        <tr>
          <th scope="col">Version</th>
          <th scope="col" className="middle">
            Kind
          </th>
          <th scope="col">Status</th>
          <th scope="col" className="number middle">
            Parent
          </th>
          <th scope="col" className="middle">
            Created
          </th>
          <th scope="col" className="why">
            Evidence
          </th>
        </tr>
      </thead>
      <tbody>
        {props.rows.map((policy) => (
          <PolicyRow
            key={policy.version}
            policy={policy}
            isBaseline={policy.version === baseline}
            now={props.now}
            onRollBack={
              policy.version === serving && policy.parent !== undefined && mode !== "pinned"
                ? props.onRollBack
                : undefined
            }
          />
        ))}
      </tbody>
    </table>
  );
}

export function PoliciesSection(props: Props): ReactNode {
  const [showsAll, setShowsAll] = useState(false);
  const { policies } = props;
  const rows = byRelevance(policies);
  return (
    <section aria-labelledby="policies-heading">
      <div className="section-head">
        <h2 id="policies-heading">Policies</h2>
        <span className="small">
          those that answer now or wait, then the newest; earlier baselines are left out
        </span>
      </div>
      <PoliciesTable
        policies={policies}
        rows={showsAll ? rows : rows.slice(0, shownAtFirst)}
        now={props.now}
        onRollBack={props.onRollBack}
      />
      <ShowAll
        total={rows.length}
        shownAtFirst={shownAtFirst}
        isShown={showsAll}
        onShow={() => setShowsAll(true)}
      />
    </section>
  );
}
