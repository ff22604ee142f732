import type { Feedback } from "../../domain/decision.ts";
import type { Store } from "../../storage/store.ts";

const pageSize = 1000;

export interface FeedbackSpan {
  readonly store: Store;
  readonly scenario: string;
  /** Event number after which it begins. */
  readonly after: number;
  readonly closedBefore: number;
}

/** Closed decisions of a scenario, oldest first, a page in memory at a time. */
export async function* scanFeedback(span: FeedbackSpan): AsyncGenerator<Feedback> {
  const { store, scenario, closedBefore } = span;
  let { after } = span;
  for (;;) {
    const page = await store.decisions.feedback({ scenario, after, closedBefore, limit: pageSize });
    yield* page;
    if (page.length < pageSize) return;
    after = page.at(-1)?.sequence ?? after;
  }
}
