import type { JsonObject } from "../domain/json.ts";

/**
 * A failure as problem details (RFC 9457, `application/problem+json`), and under `error` its code of docs/errors.md, message,
 * details and the id of the request.
 */
export interface ErrorBody {
  /** URL of the code's explanation. */
  readonly type: string;
  /** The code in words. */
  readonly title: string;
  /** Of the HTTP answer. */
  readonly status: number;
  /** The message. */
  readonly detail: string;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details: JsonObject;
    readonly requestId: string;
  };
}
