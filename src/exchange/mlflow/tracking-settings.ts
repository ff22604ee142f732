import { EngineError } from "../../domain/errors.ts";
import {
  isTrackingUri,
  type TrackingConfiguration,
  trackingUriForm,
} from "../../engine/configuration/tracking-schema.ts";

/** Environment variables, those of MLflow's own clients. */
type Environment = Readonly<Record<string, string | undefined>>;

export interface TrackingSettings {
  /** Of the server, without a slash at its end. */
  readonly uri: string;
  /** Before a scenario's name in those of its experiment and its registered model. */
  readonly prefix: string;
  /** Header `authorization` of each request; absent: none. */
  readonly authorization?: string;
}

function readAuthorization({
  MLFLOW_TRACKING_USERNAME: user,
  MLFLOW_TRACKING_PASSWORD: password,
  MLFLOW_TRACKING_TOKEN: token,
}: Environment): string | undefined {
  if (user && password)
    return `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}`;
  return token ? `Bearer ${token}` : undefined;
}

/**
 * `MLFLOW_TRACKING_URI` overrides the configuration.
 * @returns undefined if nothing is tracked
 * @throws invalid_configuration if the variable holds no address of a server
 */
export function readTrackingSettings(
  { uri, prefix }: TrackingConfiguration,
  environment: Environment,
): TrackingSettings | undefined {
  const { MLFLOW_TRACKING_URI: variable } = environment;
  const found = variable ?? uri;
  if (found === undefined) return undefined;
  if (!isTrackingUri(found)) {
    const message = `MLFLOW_TRACKING_URI must be ${trackingUriForm}; correct or unset it`;
    throw new EngineError("invalid_configuration", message, {
      details: { field: "MLFLOW_TRACKING_URI" },
    });
  }
  const authorization = readAuthorization(environment);
  return { uri: found.replace(/\/+$/, ""), prefix, ...(authorization && { authorization }) };
}
