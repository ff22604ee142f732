import type { App } from "../app.ts";
import { addGorseFeedback } from "./feedback.ts";
import { type GorseParts, gorseRoutes } from "./gorse-routes.ts";
import { addGorseItems } from "./items.ts";
import { addGorseRecommendations } from "./recommend.ts";
import { addGorseUsers } from "./users.ts";

/**
 * Gorse's wire under `/gorse/api`: `server/rest.go` of versions 0.4 and 0.5. API keys come in
 * `X-API-Key`.
 */
export function addGorse(app: App, parts: GorseParts): void {
  const route = gorseRoutes(app);
  addGorseUsers(route, parts);
  addGorseItems(route, parts);
  addGorseFeedback(route, parts);
  addGorseRecommendations(route, parts);
  const health = {
    Ready: true,
    DataStoreError: null,
    CacheStoreError: null,
    DataStoreConnected: true,
    CacheStoreConnected: true,
  };
  for (const kind of ["live", "ready"])
    route("GET", `/health/${kind}`, async () => {
      // Reads the record: throws if it can't be read.
      await parts.engine.countDecisions(parts.reactions.scenario);
      return health;
    });
}
