import type { Edge } from "../../domain/edge.ts";
import { EngineError } from "../../domain/errors.ts";
import type { UserId } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import type { EdgeInput } from "../input/input.ts";
import { nobody, type Pseudonyms } from "./pseudonyms.ts";

/** Ids of one call: the record's for each that the caller sent, and back. */
export interface CallIds {
  of(sent: string): UserId;
  /** The sent id, if the call sent one for it; else the pseudonym itself. */
  back(id: string): UserId;
}

function idsOf(sent: readonly string[], found: readonly UserId[]): CallIds {
  const own = new Map(sent.map((id, index) => [id, found[index] ?? nobody]));
  const back = new Map<string, UserId>(
    sent.map((id, index) => [found[index] ?? nobody, id as UserId]),
  );
  return { of: (id) => own.get(id) ?? nobody, back: (id) => back.get(id) ?? (id as UserId) };
}

const pseudonym = /u_[\w-]{22}/g;

/** Refused ids have their names as they were sent. */
function renamed(error: unknown, { back }: CallIds): unknown {
  if (!(error instanceof EngineError)) return error;
  const message = error.message.replaceAll(pseudonym, back);
  if (message === error.message) return error;
  const inText = (id: string) => JSON.stringify(back(id)).slice(1, -1);
  const text = JSON.stringify(error.details).replaceAll(pseudonym, inText);
  const details = JSON.parse(text) as Record<string, Json>;
  return new EngineError(error.code, message, { details, cause: error });
}

/** Runs a call with the record's ids. @param resolve the record's ids of distinct ones that were sent, in their order */
async function run<T>(
  sent: readonly string[],
  resolve: (sent: readonly string[]) => Promise<readonly UserId[]>,
  call: (ids: CallIds) => Promise<T>,
): Promise<T> {
  const distinct = [...new Set(sent)];
  const ids = idsOf(distinct, await resolve(distinct));
  try {
    return await call(ids);
  } catch (error) {
    throw renamed(error, ids);
  }
}

/** Calls that speak of users by the ids that callers send. */
export interface Translator {
  /** Users who come for the first time get an id. */
  write<T>(sent: readonly string[], call: (ids: CallIds) => Promise<T>): Promise<T>;
  /** Nobody gets an id: one who never came is nobody. */
  read<T>(sent: readonly string[], call: (ids: CallIds) => Promise<T>): Promise<T>;
}

/** Edges with the record's ids, for a look before somebody gets one: who has none yet is nobody. */
export const findEdges = (
  edges: readonly EdgeInput[],
  { read }: Pick<Translator, "read">,
): Promise<readonly Edge[]> =>
  read(
    edges.flatMap(({ userId, to }) => [userId, to]),
    async ({ of }) =>
      edges.map(({ userId, type, to }) => ({ userId: of(userId), type, to: of(to) })),
  );

export const createTranslator = ({ assign, find }: Pseudonyms): Translator => ({
  write: (sent, call) => run(sent, assign, call),
  read: (sent, call) =>
    run(sent, (ids) => Promise.all(ids.map(async (id) => (await find(id)) ?? nobody)), call),
});
