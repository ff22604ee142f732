import type { OpenAPIHono } from "@hono/zod-openapi";
import { scopeOfRoute } from "./route-scopes.ts";

type Document = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

const methods = ["get", "put", "post", "delete"] as const;

const apiKey = {
  type: "http",
  scheme: "bearer",
  description:
    "An API key, rk_…, of recurve keys create with the scope of the operation. Not needed while the server has no keys.",
} as const;

/** Adds the scheme of API keys, and to each operation the scope that it needs. */
export function describeSecurity(document: Document): Document {
  for (const [path, operations] of Object.entries(document.paths ?? {})) {
    const pattern = path.replaceAll(/\{(\w+)\}/g, ":$1");
    for (const method of methods) {
      const operation = operations[method];
      const scope = scopeOfRoute(method.toUpperCase(), pattern) ?? "admin";
      if (operation) operation.security = scope === "open" ? [] : [{ apiKey: [scope] }];
    }
  }
  const { components } = document;
  return { ...document, components: { ...components, securitySchemes: { apiKey } } };
}
