import { type ReactNode, useEffect, useState } from "react";
import type { ExplanationBody } from "../../src/contract/explanation.ts";
import type { RecurveClient } from "../../src/sdk/client.ts";
import { eventRows, itemRows, leftOutLine, termColumns } from "./explained-slate.ts";
import { formatMoment, formatPercent } from "./format.ts";

function ItemsTable({ explanation }: { readonly explanation: ExplanationBody }): ReactNode {
  const columns = termColumns(explanation);
  return (
    <section className="explained">
      <h3>Items, with the parts of their scores</h3>
      <table className="inner">
        <thead>
          <tr>
            <th scope="col">item</th>
            <th scope="col" className="number">
              probability
            </th>
            <th scope="col" className="number">
              place by score
            </th>
            <th scope="col" className="number">
              by chance
            </th>
            {[...columns.map(({ title }) => title), "score"].map((title) => (
              <th scope="col" className="number" key={title}>
                {title}
              </th>
            ))}
            <th scope="col">raised by</th>
          </tr>
        </thead>
        <tbody>
          {itemRows(explanation).map((row) => (
            <tr key={row.itemId}>
              <th scope="row" className="id">
                <bdi>{row.itemId}</bdi>
              </th>
              <td className="number">{row.probability}</td>
              <td className="number">{row.place}</td>
              <td className="number">{row.explored}</td>
              {columns.map(({ name }, place) => (
                <td className="number" key={name}>
                  {row.terms[place]}
                </td>
              ))}
              <td className="number">{row.score}</td>
              <td className="id">{row.raisedBy}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function EventsTable({ explanation }: { readonly explanation: ExplanationBody }): ReactNode {
  const rows = eventRows(explanation);
  if (rows.length === 0) return <p className="small">The policy knew no past event of the user.</p>;
  const hasAttention = rows.some(({ attention }) => attention !== undefined);
  return (
    <section className="explained">
      <h3>Past events</h3>
      <table className="inner">
        <thead>
          <tr>
            <th scope="col">event</th>
            <th scope="col">time</th>
            {hasAttention ? (
              <th scope="col" className="number">
                attention
              </th>
            ) : null}
            <th scope="col" className="number">
              slate moved by
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ event, name, occurredAt, attention, shift, hasMoved }) => (
            <tr key={event}>
              <th scope="row" className="id">
                {hasMoved ? <b>{name}</b> : name}
                {hasMoved ? <span className="small"> (moved the slate)</span> : null}
              </th>
              <td>
                <time dateTime={occurredAt}>{formatMoment(occurredAt)}</time>
              </td>
              {attention === undefined ? null : (
                <td className="number">
                  <meter value={attention} aria-hidden="true" />
                  <span className="digits">{formatPercent(attention)}</span>
                </td>
              )}
              <td className="number">{shift}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Why a user saw a slate, asked for when it is opened: the server derives it anew. */
export function ExplanationView(props: {
  readonly client: RecurveClient;
  readonly decisionId: string;
}): ReactNode {
  const { client, decisionId } = props;
  const [answer, setAnswer] = useState<{ explanation?: ExplanationBody; problem?: string }>({});
  useEffect(() => {
    let isCurrent = true;
    const show = (next: typeof answer) => {
      if (isCurrent) setAnswer(next);
    };
    client.explainDecision(decisionId).then(
      (explanation) => show({ explanation }),
      (error: unknown) => show({ problem: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [client, decisionId]);
  const { explanation, problem } = answer;
  if (problem !== undefined)
    return (
      <p role="alert" className="loss evidence">
        {problem}
      </p>
    );
  if (explanation === undefined) return <p className="small evidence">Deriving the slate…</p>;
  return (
    <div className="evidence">
      <p className="small">{leftOutLine(explanation)}</p>
      <ItemsTable explanation={explanation} />
      <EventsTable explanation={explanation} />
    </div>
  );
}
