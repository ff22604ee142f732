import { EngineError } from "../domain/errors.ts";

const sdk = "@opentelemetry/sdk-node";

/** One of OpenTelemetry's variables that name a receiver or an exporter; undefined if traces and metrics are not wanted. */
function findVariable(environment: NodeJS.ProcessEnv): string | undefined {
  if (environment.OTEL_SDK_DISABLED === "true") return undefined;
  return [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
    "OTEL_TRACES_EXPORTER",
    "OTEL_METRICS_EXPORTER",
  ].find((name) => environment[name]);
}

const load = async (variable: string) =>
  import("@opentelemetry/sdk-node").catch((cause: unknown) => {
    const message = `${variable} is set, and ${sdk} can't be loaded: install it beside recurve with npm install ${sdk}, or unset the variable`;
    throw new EngineError("invalid_configuration", message, { details: { variable }, cause });
  });

/**
 * Sends traces and metrics of this process as the standard variables of OpenTelemetry say. The package is the user's: it is
 * three times as large as all other code that a server loads.
 * @returns sends the rest and stops
 * @throws invalid_configuration if a variable asks for it and the package is missing
 */
export async function startTelemetry(
  serviceName: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<() => Promise<void>> {
  const variable = findVariable(environment);
  if (variable === undefined) return async () => {};
  const { NodeSDK } = await load(variable);
  const { OTEL_SERVICE_NAME: name, OTEL_RESOURCE_ATTRIBUTES: attributes = "" } = environment;
  const isNamed = name !== undefined || attributes.includes("service.name=");
  const running = new NodeSDK(isNamed ? {} : { serviceName });
  running.start();
  // A receiver that does not answer is no reason to fail.
  return () => running.shutdown().catch(() => {});
}
