import { createRoute, z } from "@hono/zod-openapi";
import { routes } from "../../contract/routes.ts";
import type { ScenariosResponse } from "../../contract/scenarios.ts";
import { name, optional } from "../../engine/input/fields.ts";
import { scenarioRules, seenRules } from "../../engine/rules/rules-schema.ts";
import type { App, RouteParts } from "../app.ts";
import { count, wire } from "../fields.ts";
import { answer, failures } from "../operation.ts";

const scenariosResponse = wire<ScenariosResponse>()(
  z
    .strictObject({
      scenarios: z.array(
        z.strictObject({
          name,
          slateSize: count,
          excludeSeen: z.union([z.boolean(), seenRules]),
          rules: optional(scenarioRules),
          exploration: z.number(),
          rewardWindowSeconds: z.number(),
          decisions: count,
        }),
      ),
    })
    .openapi("ScenariosResponse"),
);

const scenariosRoute = createRoute({
  method: "get",
  path: routes.scenarios,
  operationId: "listScenarios",
  tags: ["learning"],
  summary: "List the scenarios",
  description:
    "As configured, with how many decisions each has made. The first one is the default.",
  responses: {
    200: answer("The scenarios", scenariosResponse, {
      scenarios: [
        {
          name: "items",
          slateSize: 10,
          excludeSeen: true,
          exploration: 0.03,
          rewardWindowSeconds: 1800,
          decisions: 1041,
        },
      ],
    }),
    ...failures(),
  },
});

export function addScenarios(app: App, { engine }: RouteParts): void {
  app.openapi(scenariosRoute, async (context) => {
    const scenarios = await Promise.all(
      engine.scenarios.map(async (scenario) => ({
        name: scenario.name,
        slateSize: scenario.slateSize,
        excludeSeen: scenario.excludeSeen,
        ...(scenario.rules && { rules: scenario.rules }),
        exploration: scenario.exploration,
        rewardWindowSeconds: scenario.reward.windowSeconds,
        decisions: await engine.countDecisions(scenario.name),
      })),
    );
    return context.json({ scenarios }, 200);
  });
}
