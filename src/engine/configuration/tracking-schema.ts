import { z } from "zod";

/** Where the cycles are tracked, beside the record. */
export interface TrackingConfiguration {
  /** Address of an MLflow server; absent: `MLFLOW_TRACKING_URI`, and without it nothing is tracked. */
  readonly uri?: string;
  /** Experiments and registered models are called `<prefix>-<scenario>`. */
  readonly prefix: string;
}

/** Without name and password: they would be printed with it. */
export function isTrackingUri(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === "" && password === "";
}

export const trackingUriForm =
  "the address of an MLflow server such as http://mlflow.example:5000, without name and password, which MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD hold";

export const trackingSchema: z.ZodType<
  TrackingConfiguration,
  { readonly uri?: string; readonly prefix?: string | undefined }
> = z.strictObject({
  uri: z.string().refine(isTrackingUri, `must be ${trackingUriForm}`).exactOptional(),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, "must be letters, digits, dots, hyphens and underscores")
    .default("recurve"),
});
