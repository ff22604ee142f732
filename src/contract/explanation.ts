import type { ExplainedEvent, ExplainedItem, Explanation } from "../domain/explanation.ts";

export type {
  ExplainedEvent,
  ExplainedItem,
  LeftOutItems,
  RaisingEvent,
  TermName,
} from "../domain/explanation.ts";

/** Why a user was shown a slate: `GET /api/v1/decisions/{decisionId}/explanation`. */
export interface ExplanationBody
  extends Omit<Explanation, "decisionId" | "userId" | "slate" | "history" | "decidedAt"> {
  readonly decisionId: string;
  readonly userId: string;
  readonly decidedAt: string;
  readonly slate: readonly (Omit<ExplainedItem, "itemId"> & { readonly itemId: string })[];
  readonly history: readonly (Omit<ExplainedEvent, "itemId" | "occurredAt"> & {
    readonly itemId: string;
    readonly occurredAt: string;
  })[];
}
