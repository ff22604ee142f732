import type { UserStore } from "../../storage/user-store.ts";
import type { Recommendation } from "../calls/serving-calls.ts";
import type { Engine } from "../engine.ts";
import type { EventInput, RecommendInput } from "../input/input.ts";
import { checkEdges } from "../social/check-edges.ts";
import { type CallIds, findEdges, type Translator } from "./as-sent.ts";
import { authorsIn, renameAuthors } from "./authors.ts";

type Paths = readonly (readonly string[])[];
type Calls = Pick<Engine, "recommend" | "recommendBatch" | "record" | "putItems">;

const withUser = ({ userId, ...event }: EventInput, { of }: CallIds): EventInput => ({
  ...event,
  userId: of(userId),
});

const asSent = ({ decision, ...rest }: Recommendation, { back }: CallIds): Recommendation => ({
  ...rest,
  decision: { ...decision, userId: back(decision.userId) },
});

/** Users and authors of a request. */
const namedIn = ({ userId, candidates = [] }: RecommendInput, paths: Paths) => [
  userId,
  ...candidates.flatMap(({ features = {} }) => authorsIn(features, paths)),
];

const withIds = (input: RecommendInput, { of }: CallIds, paths: Paths): RecommendInput => ({
  ...input,
  userId: of(input.userId),
  ...(input.candidates && {
    candidates: input.candidates.map(({ features, ...candidate }) => ({
      ...candidate,
      ...(features && { features: renameAuthors(features, paths, of) }),
    })),
  }),
});

/** Calls whose items name authors. */
function callsWithAuthors(engine: Engine, { write }: Translator, paths: Paths): Calls {
  return {
    recommend: (input) =>
      write(namedIn(input, paths), async (ids) =>
        asSent(await engine.recommend(withIds(input, ids, paths)), ids),
      ),
    recommendBatch: ({ requests, ...rest }) =>
      write(
        requests.flatMap((request) => namedIn(request, paths)),
        async (ids) => {
          const sent = requests.map((request) => withIds(request, ids, paths));
          const made = await engine.recommendBatch({ ...rest, requests: sent });
          return made.map((one) => asSent(one, ids));
        },
      ),
    record: (events) =>
      write(
        events.map(({ userId }) => userId),
        (ids) => engine.record(events.map((event) => withUser(event, ids))),
      ),
    putItems: (rows) =>
      write(
        rows.flatMap(({ attributes = {} }) => authorsIn(attributes, paths)),
        ({ of }) =>
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
function callsOfUsers(engine: Engine, translator: Translator, users: UserStore) {
  const { write, read } = translator;
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
    deleteUser: (id, key) => read([id], ({ of }) => engine.deleteUser(of(id), key)),
    putEdges: async (rows) => {
      // Who is refused gets no pseudonym.
      await checkEdges(users, await findEdges(rows, translator), rows);
      return write(
        rows.flatMap(({ userId, to }) => [userId, to]),
        ({ of }) =>
          engine.putEdges(rows.map((row) => ({ ...row, userId: of(row.userId), to: of(row.to) }))),
      );
    },
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
          ...rest,
          decision: { ...decision, userId: back(decision.userId) },
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
  { authors, users }: { readonly authors: Paths; readonly users: UserStore },
): Engine => ({
  ...engine,
  ...callsWithAuthors(engine, translator, authors),
  ...callsOfUsers(engine, translator, users),
});
