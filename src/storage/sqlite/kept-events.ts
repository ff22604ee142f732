import type { BehaviourEvent } from "../../domain/behaviour.ts";
import { EngineError } from "../../domain/errors.ts";
import type { DecisionId } from "../../domain/ids.ts";
import { DeferralChanged, mostKeptEvents } from "../deferral-store.ts";
import type { EventRowOutcome } from "../event-store.ts";
import { readNumber } from "./columns.ts";
import type { Connection } from "./connection.ts";

/** Adds an event to a deferral inside a write transaction. @throws DeferralChanged, conflict */
export type KeepEvent = (id: DecisionId, event: BehaviourEvent) => EventRowOutcome;

export function prepareKeptEvents(connection: Connection): KeepEvent {
  const find = connection.prepare(
    `SELECT json_array_length(payload, '$.rewards') AS events,
       EXISTS (SELECT 1 FROM json_each(payload, '$.rewards')
         WHERE json_extract(value, '$.eventId') = ?2) AS is_known
     FROM documents WHERE kind = 'deferred' AND id = ?1`,
  );
  const add = connection.prepare(
    `UPDATE documents SET payload = json_insert(payload, '$.rewards[#]', json(?2))
     WHERE kind = 'deferred' AND id = ?1`,
  );
  return (id, event) => {
    const row = find.get(id, event.eventId ?? null);
    if (row === undefined) throw new DeferralChanged(id);
    if (readNumber(row, "is_known") === 1) return "duplicate";
    if (readNumber(row, "events") >= mostKeptEvents) {
      const message = `deferred decision '${id}' has ${mostKeptEvents} events; activate it before it gets more`;
      throw new EngineError("conflict", message, { details: { decisionId: id } });
    }
    add.run(id, JSON.stringify(event));
    return "stored";
  };
}
