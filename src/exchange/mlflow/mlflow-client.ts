import { EngineError } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { TrackingSettings } from "./tracking-settings.ts";

type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** Requests to MLflow's REST API, version 2.0. Answers are as MLflow documents them; the caller names their form. */
export interface MlflowClient {
  /** @throws tracking_failed */
  send<Answer = JsonObject>(method: Method, path: string, body: object): Promise<Answer>;
  /** @returns undefined if MLflow has no such thing. @throws tracking_failed */
  find<Answer>(path: string, query: Readonly<Record<string, string>>): Promise<Answer | undefined>;
  /**
   * Through the server, which keeps it where it keeps artefacts.
   * @param uri of the folder, as a run or a model gives it. @throws tracking_failed
   */
  upload(uri: string, name: string, content: Uint8Array | string): Promise<void>;
}

/** Of a request, with a large artefact on a slow line. */
const timeoutMs = 120_000;

/** MLflow's word for a missing thing. */
const absent = "RESOURCE_DOES_NOT_EXIST";

interface Problem {
  readonly error_code?: string;
  readonly message?: string;
}

/** Undefined for a text that is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text === "" ? "{}" : text);
  } catch {
    return undefined;
  }
}

const fail = (
  url: URL,
  problem: string,
  options: { readonly status?: number; readonly cause?: unknown } = {},
) => {
  const { status, cause } = options;
  const details = { url: `${url.origin}${url.pathname}`, ...(status !== undefined && { status }) };
  return new EngineError("tracking_failed", problem, { details, cause });
};

const credentials =
  "; set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN";

/** Who may ask, or a path that the server does not have: another server, or a path of a proxy. */
const remedies: Readonly<Record<number, string>> = {
  401: credentials,
  403: credentials,
  404: "; check that tracking.uri is the address of an MLflow server",
};

function refuse(url: URL, status: number, { message: text = "no reason" }: Problem): EngineError {
  const reason = text.split("\n", 1)[0]?.slice(0, 300);
  const message = `MLflow answered ${url.pathname} with status ${status}: ${reason}${remedies[status] ?? ""}`;
  return fail(url, message, { status });
}

const isAbsent = (status: number, { error_code }: Problem) =>
  status === 404 && error_code === absent;

/** @returns undefined if MLflow says that there is no such thing */
async function readAnswer<Answer>(url: URL, response: Response): Promise<Answer | undefined> {
  const { status, ok } = response;
  const text = await response.text().catch((cause) => {
    throw fail(url, `${url.origin} broke off its answer: ${cause.message}`, { cause });
  });
  const answer = parseJson(text);
  if (ok && answer !== undefined) return answer as Answer;
  if (ok)
    throw fail(url, `${url.href} is no page of MLflow's API; correct tracking.uri`, { status });
  const problem = (answer ?? { message: text }) as Problem;
  if (isAbsent(status, problem)) return undefined;
  throw refuse(url, status, problem);
}

const artefactPath = (uri: string, name: string): string | undefined => {
  const { protocol, pathname } = new URL(uri);
  if (protocol !== "mlflow-artifacts:") return undefined;
  const path = `${pathname.replace(/^\/+/, "")}/${name}`;
  return path.split("/").map(encodeURIComponent).join("/");
};

export function createMlflowClient(settings: TrackingSettings, signal: AbortSignal): MlflowClient {
  const { uri, authorization } = settings;
  const ask = async (url: URL, init: RequestInit) => {
    try {
      return await fetch(url, {
        ...init,
        // A connection that is kept may end as it is used again, after minutes of other work.
        headers: { ...init.headers, connection: "close", ...(authorization && { authorization }) },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
    } catch (cause) {
      const reason = (cause as Error).cause instanceof Error ? (cause as Error).cause : cause;
      const message = `${uri} can't be reached: ${(reason as Error).message}; start it with mlflow server, or correct tracking.uri`;
      throw fail(url, message, { cause });
    }
  };
  const api = (path: string) => new URL(`${uri}/api/2.0/mlflow/${path}`);
  const write = async <Answer>(url: URL, init: RequestInit): Promise<Answer> => {
    const answer = await readAnswer<Answer>(url, await ask(url, init));
    if (answer !== undefined) return answer;
    throw fail(url, `${url.pathname} is about a thing that MLflow has lost`, { status: 404 });
  };
  return {
    send: (method, path, body) => {
      const headers = { "content-type": "application/json" };
      return write(api(path), { method, headers, body: JSON.stringify(body) });
    },
    find: async (path, query) => {
      const url = api(path);
      url.search = String(new URLSearchParams(query));
      return readAnswer(url, await ask(url, { method: "GET" }));
    },
    upload: async (folder, name, content) => {
      const path = artefactPath(folder, name);
      const url = new URL(`${uri}/api/2.0/mlflow-artifacts/artifacts/${path}`);
      if (path === undefined) {
        const message = `MLflow keeps artefacts at ${folder}, where only its own clients reach them; start it with --serve-artifacts, its default, and a new experiment`;
        throw fail(url, message);
      }
      const body = typeof content === "string" ? content : new Uint8Array(content);
      await write(url, { method: "PUT", body });
    },
  };
}
