import type { ReactNode } from "react";
import { formatClock } from "./format.ts";
import type { LoopState } from "./use-loop.ts";

/** Warnings that limit the figures. Always in the page, so that screen readers hear a change. */
export function Notices(props: {
  readonly data: LoopState["data"] | undefined;
  readonly trouble: LoopState["trouble"] | undefined;
}): ReactNode {
  const { data, trouble } = props;
  const problems = data?.health.problems ?? [];
  return (
    <div className="notices" role="status">
      {trouble ? (
        <div className="notice notice-away">
          <p>
            <strong>
              {trouble.kind === "no answer"
                ? "No answer from the server"
                : "Nothing but errors from the server"}{" "}
              since {formatClock(trouble.since)}.
            </strong>{" "}
            {data ? "These are its last figures. " : null}The page asks again every 2 seconds.
          </p>
          <p className="small">{trouble.message}</p>
        </div>
      ) : null}
      {problems.length > 0 ? (
        <div className="notice notice-degraded">
          <p>
            <strong>Degraded:</strong> the server answers, but has problems.
          </p>
          <ul>
            {problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </div>
      ) : null}
    </div>
  );
}
