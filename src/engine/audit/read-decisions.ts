import { EngineError } from "../../domain/errors.ts";
import type { ScannedDecision } from "../../storage/decision-store.ts";
import type { Store } from "../../storage/store.ts";

const pageSize = 1000;

/** A decision whose row can't be read. */
export interface UnreadableDecision {
  readonly sequence: number;
  readonly decisionId: string;
  readonly problem: string;
}

/** @throws an error that names no row */
function toUnreadable(error: unknown): UnreadableDecision {
  const { sequence, decisionId } = error instanceof EngineError ? error.details : {};
  if (!(error instanceof EngineError) || typeof sequence !== "number") throw error;
  return { sequence, decisionId: String(decisionId), problem: error.message };
}

type Page = Parameters<Store["decisions"]["scan"]>[0];

/** A page, up to the first row that can't be read. */
async function readPage(
  { decisions }: Store,
  page: Page,
): Promise<readonly (ScannedDecision | UnreadableDecision)[]> {
  try {
    return await decisions.scan(page);
  } catch (error) {
    const unreadable = toUnreadable(error);
    const before = await decisions.scan({ ...page, asOf: unreadable.sequence - 1 });
    return [...before, unreadable];
  }
}

/** All decisions to be checked, oldest first. */
export async function* readDecisions(
  store: Store,
  range: Pick<Page, "from" | "to" | "asOf">,
  start: number,
): AsyncGenerator<ScannedDecision | UnreadableDecision, void> {
  let after = start;
  for (;;) {
    const page = await readPage(store, { ...range, after, limit: pageSize });
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.sequence;
  }
}
