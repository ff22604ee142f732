import type { Json } from "../../domain/json.ts";
import type { Scenario } from "../../domain/scenario.ts";
import { withConsent } from "../privacy/with-consent.ts";
import type { RecommendParts } from "../serving/recommend-parts.ts";
import { evaluateRanks, type RankEvaluation } from "./evaluate-ranks.ts";

/** An evaluation with its name and time. */
export interface StoredEvaluation {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly createdAt: number;
  readonly result: RankEvaluation;
}

/** Evaluations of a loop's log, which stay until they are deleted. */
export interface Evaluations {
  /** Undefined if no decision was made and has closed in that time. @throws payload_too_large */
  create(
    asked: Pick<StoredEvaluation, "name" | "from" | "to">,
  ): Promise<StoredEvaluation | undefined>;
  /** Newest first, at most 1,000. */
  list(): Promise<readonly StoredEvaluation[]>;
  find(id: string): Promise<StoredEvaluation | undefined>;
  /** False if there is none. */
  delete(id: string): Promise<boolean>;
}

const mostListed = 1000;

export function createEvaluations(parts: RecommendParts, scenario: Scenario): Evaluations {
  const { store, clock, createId } = withConsent(parts);
  const { documents } = store;
  const keyOf = (id: string) => ({ kind: "evaluation", id }) as const;
  return {
    create: async ({ name, from, to }) => {
      const now = clock();
      const result = await evaluateRanks(store, scenario, { from, to, now });
      if (result === undefined) return undefined;
      const made = { id: createId(), name, from, to, createdAt: now, result };
      await documents.put(keyOf(made.id), made as unknown as Json, { now, isNew: true });
      return made;
    },
    list: async () =>
      (await documents.list("evaluation", mostListed)) as unknown as readonly StoredEvaluation[],
    find: async (id) =>
      (await documents.find(keyOf(id), clock())) as unknown as StoredEvaluation | undefined,
    delete: (id) => documents.delete(keyOf(id)),
  };
}
