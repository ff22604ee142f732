import { refusalBits } from "./consents.ts";

/** Rows that reads for learning give: tables, or queries that stand for them. */
export interface ReadScope {
  readonly decisions: string;
  readonly events: string;
  readonly reactions: string;
  /** Condition on a user, by the column of the id. */
  readonly admits: (column: string) => string;
}

export const everything: ReadScope = {
  decisions: "decisions",
  events: "events",
  reactions: "reactions",
  admits: () => "1",
};

/** Without the users, events and decisions that refuse training by now. */
export function learnableScope(byDefault: boolean): ReadScope {
  // If nobody has stated anything, no row is looked at: counts then need their index alone.
  const admits = (column: string) =>
    `(${byDefault ? "NOT EXISTS (SELECT 1 FROM consents) OR " : ""}
      coalesce((SELECT train FROM consents WHERE consents.user_id = ${column}
        ORDER BY consents.sequence DESC LIMIT 1), ${Number(byDefault)}) = 1)`;
  return {
    admits,
    decisions: `(SELECT * FROM decisions WHERE ${admits("decisions.user_id")}
      AND NOT EXISTS (SELECT 1 FROM untrained WHERE decision_sequence = decisions.sequence))`,
    events: `(SELECT * FROM events WHERE ${admits("events.user_id")}
      AND coalesce(refused & ${refusalBits.train}, 0) = 0)`,
    reactions: `(SELECT * FROM reactions WHERE ${admits("reactions.user_id")})`,
  };
}
