import type { Scenario } from "../../domain/scenario.ts";
import { type CallIds, createTranslator } from "../../engine/privacy/as-sent.ts";
import { authorPaths, authorsIn, renameAuthors } from "../../engine/privacy/authors.ts";
import type { Pseudonyms } from "../../engine/privacy/pseudonyms.ts";
import type { AcceptedRow } from "./row.ts";
import { contentId } from "./row-schema.ts";

type Paths = ReturnType<typeof authorPaths>;

function usersOf(row: AcceptedRow, paths: Paths): readonly string[] {
  switch (row.kind) {
    case "item":
      return authorsIn(row.item.attributes, paths);
    case "user":
      return [row.user.userId];
    case "edge":
      return [row.edge.userId, row.edge.to];
    case "event":
      return [row.event.userId];
    default:
      return [];
  }
}

function withIds<Row extends AcceptedRow>(row: Row, { of }: CallIds, paths: Paths): AcceptedRow {
  switch (row.kind) {
    case "item": {
      const attributes = renameAuthors(row.item.attributes, paths, of);
      return { ...row, item: { ...row.item, attributes } };
    }
    case "user":
      return { ...row, user: { ...row.user, userId: of(row.user.userId) } };
    case "edge":
      return { ...row, edge: { ...row.edge, userId: of(row.edge.userId), to: of(row.edge.to) } };
    case "event": {
      const userId = of(row.event.userId);
      // A hash of the content would give the user away to whoever tries all ids.
      const eventId = row.content ? contentId(row.content, userId) : row.event.eventId;
      return { ...row, event: { ...row.event, userId, eventId } };
    }
    default:
      return row;
  }
}

/**
 * Rows with the record's ids of users, who get one if they have none.
 * @param pseudonyms undefined if the record has the ids of the file
 */
export async function pseudonymiseRows(
  rows: readonly AcceptedRow[],
  {
    pseudonyms,
    scenarios = [],
  }: {
    readonly pseudonyms?: Pseudonyms | undefined;
    readonly scenarios?: readonly Scenario[];
  },
): Promise<readonly AcceptedRow[]> {
  if (pseudonyms === undefined) return rows;
  const paths = authorPaths(scenarios);
  const sent = rows.flatMap((row) => usersOf(row, paths));
  return createTranslator(pseudonyms).write(sent, async (ids) =>
    rows.map((row) => withIds(row, ids, paths)),
  );
}
