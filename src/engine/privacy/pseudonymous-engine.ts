import type { Engine } from "../engine.ts";
import type { EventInput } from "../input/input.ts";
import type { CallIds, Translator } from "./as-sent.ts";
import { authorsIn, renameAuthors } from "./authors.ts";

type Paths = readonly (readonly string[])[];
type Calls = Pick<Engine, "recommend" | "record" | "putItems">;

const withUser = ({ userId, ...event }: EventInput, { of }: CallIds): EventInput => ({
  ...event,
  userId: of(userId),
});

/** Calls whose items name authors. */
function callsWithAuthors(engine: Engine, { write }: Translator, paths: Paths): Calls {
  const authorsOf = (given: readonly { readonly features?: object; attributes?: object }[]) =>
    given.flatMap(({ features, attributes = features ?? {} }) =>
      authorsIn({ ...attributes }, paths),
    );
  return {
    recommend: (input) => {
      const { userId, candidates = [] } = input;
      return write([userId, ...authorsOf(candidates)], async ({ of, back }) => {
        const offered = candidates.map(({ features, ...candidate }) => ({
          ...candidate,
          ...(features && { features: renameAuthors(features, paths, of) }),
        }));
        const asked = { ...input, userId: of(userId) };
        const sent = input.candidates === undefined ? asked : { ...asked, candidates: offered };
        const { decision, ...rest } = await engine.recommend(sent);
        return { ...rest, decision: { ...decision, userId: back(decision.userId) } };
      });
    },
    record: (events) =>
      write(
        events.map(({ userId }) => userId),
        (ids) => engine.record(events.map((event) => withUser(event, ids))),
      ),
    putItems: (rows) =>
      write(authorsOf(rows), ({ of }) =>
        engine.putItems(
          rows.map(({ attributes, ...row }) => ({
            ...row,
            ...(attributes && { attributes: renameAuthors(attributes, paths, of) }),
          })),
        ),
      ),
  };
}

/** Calls about users and edges. */
function callsOfUsers(engine: Engine, { write, read }: Translator) {
  return {
    putUsers: (rows) =>
      write(
        rows.map(({ userId }) => userId),
        ({ of }) => engine.putUsers(rows.map((row) => ({ ...row, userId: of(row.userId) }))),
      ),
    findUser: (id) =>
      read([id], async ({ of, back }) => {
        const user = await engine.findUser(of(id));
        return user && { ...user, userId: back(user.userId) };
      }),
    deleteUser: (id) => read([id], ({ of }) => engine.deleteUser(of(id))),
    putEdges: (rows) =>
      write(
        rows.flatMap(({ userId, to }) => [userId, to]),
        ({ of }) =>
          engine.putEdges(rows.map((row) => ({ ...row, userId: of(row.userId), to: of(row.to) }))),
      ),
    deleteEdge: (edge) =>
      read([edge.userId, edge.to], ({ of }) =>
        engine.deleteEdge({ ...edge, userId: of(edge.userId), to: of(edge.to) }),
      ),
    listEdges: (id, options) =>
      read([id], async ({ of, back }) => {
        const edges = await engine.listEdges(of(id), options);
        return edges.map((edge) => ({ ...edge, userId: back(edge.userId) }));
      }),
    listDecisions: (query = {}) => {
      const { userId } = query;
      if (userId === undefined) return engine.listDecisions(query);
      return read([userId], async ({ of, back }) => {
        const page = await engine.listDecisions({ ...query, userId: of(userId) });
        const rows = page.rows.map(({ decision, ...rest }) => ({
          ...{ ...rest, decision: { ...decision, userId: back(decision.userId) } },
        }));
        return { ...page, rows };
      });
    },
  } satisfies Partial<Engine>;
}

/** The engine for callers who send other ids of users than the record has. Users that the call did not name have their pseudonyms. */
export const pseudonymousEngine = (
  engine: Engine,
  translator: Translator,
  authors: Paths,
): Engine => ({
  ...engine,
  ...callsWithAuthors(engine, translator, authors),
  ...callsOfUsers(engine, translator),
});
