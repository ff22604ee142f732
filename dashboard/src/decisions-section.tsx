import { type FormEvent, Fragment, type ReactNode, useEffect, useState } from "react";
import type { DecisionSummary } from "../../src/contract/decision.ts";
import type { RecurveClient } from "../../src/sdk/client.ts";
import { ExplanationView } from "./explanation-view.tsx";
import { Moment } from "./moment.tsx";
import { pollMs } from "./use-loop.ts";

const shownDecisions = 8;

interface Listed {
  readonly rows: readonly DecisionSummary[];
  readonly problem?: string;
}

/** The newest decisions, of one user if the id is not empty; read anew with each round, and until there is one. */
function useDecisions(client: RecurveClient, scenario: string, userId: string) {
  const [listed, setListed] = useState<Listed>();
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round reads again.
  useEffect(() => {
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout>;
    const query = { scenario, limit: shownDecisions, ...(userId !== "" && { userId }) };
    const read = async () => {
      const found = await client.listDecisions(query).then(
        ({ rows }): Listed => ({ rows }),
        (error: unknown): Listed => ({
          rows: [],
          problem: error instanceof Error ? error.message : String(error),
        }),
      );
      if (!isCurrent) return;
      setListed(found);
      // The first decision may come, or the server come back.
      if (found.rows.length === 0) timer = setTimeout(() => void read(), pollMs);
    };
    void read();
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [client, scenario, userId, round]);
  return { listed, readAgain: () => setRound((count) => count + 1) };
}

function DecisionRows(props: {
  readonly client: RecurveClient;
  readonly decision: DecisionSummary;
  readonly now: number;
}): ReactNode {
  const { client, decision, now } = props;
  const [isOpen, setIsOpen] = useState(false);
  const { decisionId, userId, arm, policyVersion, slate, decidedAt } = decision;
  return (
    <>
      <tr className={isOpen ? "cycle open" : "cycle"}>
        <th scope="row" className="id">
          <button
            type="button"
            className="opener"
            aria-expanded={isOpen}
            aria-controls={`decision-${decisionId}`}
            onClick={() => setIsOpen(!isOpen)}
          >
            <svg viewBox="0 0 8 8" aria-hidden="true">
              <path d="M2 1l3.5 3L2 7" />
            </svg>
            <bdi>{userId}</bdi>
            <span className="visually-hidden"> explanation</span>
          </button>
        </th>
        <td>
          <Moment iso={decidedAt} now={now} />
        </td>
        <td className="middle">{arm}</td>
        <td className="number middle">{policyVersion}</td>
        <td className="id">
          {slate.map(({ itemId, position }) => (
            <Fragment key={position}>
              {position > 0 ? ", " : null}
              <bdi>{itemId}</bdi>
            </Fragment>
          ))}
        </td>
      </tr>
      {isOpen ? (
        <tr className="details" id={`decision-${decisionId}`}>
          <td colSpan={5}>
            <ExplanationView client={client} decisionId={decisionId} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

function UserForm(props: { readonly onUser: (userId: string) => void }): ReactNode {
  const [text, setText] = useState("");
  const send = (event: FormEvent) => {
    event.preventDefault();
    // An id may begin or end with spaces.
    props.onUser(text);
  };
  return (
    <form className="user-form" onSubmit={send}>
      <label>
        <span>User</span>
        <input
          type="text"
          autoComplete="off"
          placeholder="everybody"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <button type="submit">Show newest</button>
    </form>
  );
}

function DecisionsTable(props: {
  readonly client: RecurveClient;
  readonly decisions: readonly DecisionSummary[];
  readonly now: number;
}): ReactNode {
  return (
    <table className="decisions">
      <thead>
        <tr>
          <th scope="col">User</th>
          <th scope="col">Time</th>
          <th scope="col" className="middle">
            Arm
          </th>
          <th scope="col" className="number middle">
            Policy
          </th>
          <th scope="col">Slate</th>
        </tr>
      </thead>
      <tbody>
        {props.decisions.map((decision) => (
          <DecisionRows
            key={decision.decisionId}
            client={props.client}
            decision={decision}
            now={props.now}
          />
        ))}
      </tbody>
    </table>
  );
}

/** Newest decisions of a scenario, each with the reasons for its slate. */
export function DecisionsSection(props: {
  readonly client: RecurveClient;
  readonly scenario: string;
  readonly now: number;
}): ReactNode {
  const { client, scenario, now } = props;
  const [userId, setUserId] = useState("");
  const { listed, readAgain } = useDecisions(client, scenario, userId);
  const show = (wanted: string) => {
    setUserId(wanted);
    readAgain();
  };
  return (
    <section aria-labelledby="decisions-heading">
      <div className="section-head">
        <h2 id="decisions-heading">Decisions</h2>
        <span className="small">open a row to see why this user saw these items</span>
        <UserForm onUser={show} />
      </div>
      {listed?.problem === undefined ? null : (
        <p role="alert" className="loss">
          {listed.problem}
        </p>
      )}
      {listed && listed.rows.length === 0 && listed.problem === undefined ? (
        <p className="empty">No decision{userId === "" ? "" : ` of the user '${userId}'`} yet.</p>
      ) : null}
      {listed && listed.rows.length > 0 ? (
        <DecisionsTable client={client} decisions={listed.rows} now={now} />
      ) : null}
    </section>
  );
}
