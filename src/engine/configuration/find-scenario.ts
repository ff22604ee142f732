import { EngineError } from "../../domain/errors.ts";
import type { Scenario } from "../../domain/scenario.ts";
import type { Configuration } from "./configuration.ts";

/** The named scenario, or the first. @throws unknown_scenario */
export function findScenario(configuration: Configuration, name?: string): Scenario {
  const found =
    name === undefined
      ? configuration.scenarios[0]
      : configuration.scenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const known = configuration.scenarios.map((scenario) => scenario.name);
  throw new EngineError(
    "unknown_scenario",
    `no scenario '${name}'; choose one of ${known.join(", ")}`,
    {
      details: { field: "scenario", value: name, known },
    },
  );
}
