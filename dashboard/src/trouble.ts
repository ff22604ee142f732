import { ApiError } from "../../src/sdk/client.ts";

/** The page can't read new figures: the server is silent, answers with errors, or wants another key. */
export interface Trouble {
  readonly kind: "no answer" | "error" | "locked";
  /** Milliseconds since 1970, of the first look that failed so. */
  readonly since: number;
  readonly message: string;
}

function kindOf(error: unknown): Trouble["kind"] {
  if (!(error instanceof ApiError)) return "error";
  if (error.code === "unauthenticated" || error.code === "missing_scope") return "locked";
  return error.status === 0 ? "no answer" : "error";
}

/** After a failed look; `before` is that of the look before it. */
export function troubleOf(error: unknown, before: Trouble | undefined, now: number): Trouble {
  const kind = kindOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return { kind, message, since: before?.kind === kind ? before.since : now };
}
