import type { ErrorBody } from "../contract/error-body.ts";
import type { JsonObject } from "../contract/json.ts";

/** The part of `fetch` that the client uses; the global one of browsers and Node.js fits. */
export type Fetch = (
  url: string,
  init: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly signal: AbortSignal;
    readonly body?: string;
  },
) => Promise<{
  readonly ok: boolean;
  readonly status: number;
  text(): Promise<string>;
}>;

type Answer = Awaited<ReturnType<Fetch>>;

/** A request that got no answer, or an error answer. */
export class ApiError extends Error {
  /**
   * A code of docs/errors.md, or `invalid_base_url`, `unreachable`, `timeout`, `invalid_response`
   * if no code came.
   */
  readonly code: string;
  /** HTTP status, 0 if there was no answer. */
  readonly status: number;
  readonly details: JsonObject;
  /** URL of the code's explanation; undefined if no code came. */
  readonly type: string | undefined;
  /** Finds the request in the server's log. */
  readonly requestId: string | undefined;
  /** The same request can succeed later. Give events an `eventId` before you repeat them. */
  readonly retryable: boolean;

  constructor(
    code: string,
    message: string,
    options: {
      readonly status: number;
      readonly details?: JsonObject;
      readonly type?: string | undefined;
      readonly requestId?: string;
      readonly cause?: unknown;
    },
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "ApiError";
    this.code = code;
    this.status = options.status;
    this.details = options.details ?? {};
    this.type = options.type;
    this.requestId = options.requestId;
    this.retryable =
      !["invalid_base_url", "invalid_request"].includes(code) &&
      [0, 429, 502, 503, 504].includes(options.status);
  }
}

export function refuse(field: string, value: unknown, remedy: string): ApiError {
  const shown = typeof value === "object" ? "an object" : String(value);
  const message = `${field} is ${value === null ? "null" : shown}: ${remedy}`;
  return new ApiError("invalid_request", message, { status: 0, details: { field } });
}

export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string | (() => string);
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}

export interface TransportOptions {
  readonly baseUrl: string;
  readonly fetch: Fetch;
  readonly timeoutMs: number;
  readonly apiKey?: string;
}

/** One request, one answer, no repetition. The answer is `undefined` if its body is empty. */
export type Transport = (call: Call) => Promise<unknown>;

function toUrl(baseUrl: string, { path, query = {} }: Call): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  const search = parameters.size === 0 ? "" : `?${parameters}`;
  return `${baseUrl.replace(/\/+$/, "")}${typeof path === "string" ? path : path()}${search}`;
}

function toText(body: unknown): string {
  try {
    return JSON.stringify(body);
  } catch (cause) {
    throw refuse("body", "no JSON", (cause as Error).message);
  }
}

function toNoAnswer(cause: unknown, url: string, timeoutMs: number): ApiError {
  if ((cause as Error).name === "TimeoutError") {
    const message = `no answer from ${url} within ${timeoutMs} ms`;
    return new ApiError("timeout", message, { status: 0, cause });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `can't reach ${url}: ${reason}; check the address and that the server runs`;
  return new ApiError("unreachable", message, { status: 0, cause });
}

function toInvalidResponse(url: string, answer: Answer): ApiError {
  const message = `expected JSON from ${url}, got something else with status ${answer.status}; check the address`;
  return new ApiError("invalid_response", message, { status: answer.status });
}

function parseAnswer(url: string, answer: Answer, text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    throw toInvalidResponse(url, answer);
  }
}

function toApiError(url: string, answer: Answer, body: unknown): ApiError {
  const { type, error } = (body ?? {}) as Partial<ErrorBody>;
  if (typeof error?.code !== "string") return toInvalidResponse(url, answer);
  const { code, message, details, requestId } = error;
  return new ApiError(code, message, { status: answer.status, details, type, requestId });
}

export function createTransport(options: TransportOptions): Transport {
  const { baseUrl, fetch, timeoutMs, apiKey } = options;
  return async (call) => {
    const url = toUrl(baseUrl, call);
    const headers = {
      accept: "application/json, application/problem+json",
      ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    };
    const init = {
      method: call.method,
      signal: AbortSignal.timeout(timeoutMs),
      ...(call.body === undefined
        ? { headers }
        : {
            headers: { ...headers, "content-type": "application/json" },
            body: toText(call.body),
          }),
    };
    const exchange = async () => {
      const answer = await fetch(url, init);
      return { answer, text: await answer.text() };
    };
    const { answer, text } = await exchange().catch((cause: unknown) => {
      throw toNoAnswer(cause, url, timeoutMs);
    });
    const body = parseAnswer(url, answer, text);
    if (!answer.ok) throw toApiError(url, answer, body);
    return body;
  };
}
