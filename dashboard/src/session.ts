import { createClient, type RecurveClient } from "../../src/sdk/client.ts";

// sessionStorage is this tab's and this origin's alone. A cookie would go to every port of the host.

const entry = "recurve-api-key";

export const readKey = (): string | undefined => sessionStorage.getItem(entry) ?? undefined;

export function keepKey(key: string | undefined): void {
  if (key === undefined) sessionStorage.removeItem(entry);
  else sessionStorage.setItem(entry, key);
}

/** The API is beside the page, at any address. */
export function openClient(apiKey: string | undefined): RecurveClient {
  const baseUrl = location.pathname.replace(/\/[^/]*$/, "");
  return createClient({ baseUrl, timeoutMs: 5000, ...(apiKey !== undefined && { apiKey }) });
}
