import { expect } from "vitest";
import type { App } from "../../src/server/app.ts";

interface Document {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly responses: Readonly<Record<string, unknown>> }>>
    >
  >;
}

const isPath = (pattern: string, path: string) =>
  new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path);

const documents = new WeakMap<App, Promise<Document>>();

const readDocument = async (app: App) =>
  (await (await app.request("/openapi.json")).json()) as Document;

function documentOf(app: App): Promise<Document> {
  const document = documents.get(app) ?? readDocument(app);
  documents.set(app, document);
  return document;
}

/** Codes that /openapi.json has for an answer; undefined if it does not have the operation. */
async function documentedCodes(
  app: App,
  { method, url, status }: Asked,
): Promise<string | undefined> {
  const { paths } = await documentOf(app);
  const { pathname } = new URL(url, "http://localhost");
  // Fixed paths come before those with a parameter.
  const [, operations] =
    Object.entries(paths)
      .toSorted(([left], [right]) => left.indexOf("{") - right.indexOf("{"))
      .find(([pattern]) => isPath(pattern, pathname)) ?? [];
  const operation = operations?.[method.toLowerCase()];
  if (operation === undefined) return undefined;
  const answer = operation.responses[status] as { readonly description: string } | undefined;
  return answer?.description ?? "";
}

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly status: number;
}

/** Fails if an operation of /openapi.json answers with a code that it does not list. */
export async function expectDocumented(app: App, asked: Asked, body: string): Promise<void> {
  if (asked.status < 400 || !asked.url.startsWith("/api/") || body === "") return;
  const codes = await documentedCodes(app, asked);
  const { code } = (JSON.parse(body) as { readonly error: { readonly code: string } }).error;
  if (codes !== undefined) expect([asked, codes]).toEqual([asked, expect.stringContaining(code)]);
}
