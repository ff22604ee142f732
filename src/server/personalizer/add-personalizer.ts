import type { App } from "../app.ts";
import { addConfigurations } from "./configurations.ts";
import { addEvaluations } from "./evaluations.ts";
import { addLogs, addModels } from "./models.ts";
import { type PersonalizerParts, personalizerRoutes } from "./personalizer-routes.ts";
import { addRanks } from "./ranks.ts";

/**
 * Azure Personalizer's wire, versions v1.0 and v1.1-preview.3. API keys come in
 * `Ocp-Apim-Subscription-Key`.
 */
export function addPersonalizer(app: App, parts: PersonalizerParts): void {
  const route = personalizerRoutes(app);
  addRanks(route, parts);
  addConfigurations(route, parts);
  addModels(route, parts);
  addLogs(route, parts);
  addEvaluations(route, parts);
}
