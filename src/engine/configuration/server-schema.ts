import { isIP } from "node:net";
import { z } from "zod";

const authentications = ["automatic", "keys", "proxy"] as const;

/** Who may send requests to the server. */
export interface ServerConfiguration {
  /** Names under which it is reached, beside loopback and the address that it listens on. */
  readonly hosts: readonly string[];
  /** Origins of other servers whose pages may call it (CORS). */
  readonly origins: readonly string[];
  /**
   * `automatic`: API keys are needed once the record has one, and a network address needs one at
   * the start. `keys`: they are always needed. `proxy`: a proxy asks who they are, Recurve does not.
   */
  readonly authentication: (typeof authentications)[number];
  /** Requests that are answered at a time, 1…100,000; others are refused with `overloaded`. */
  readonly maxRequests: number;
  /** Share of them that one API key may have at a time, 0.01…1; others are refused with `too_many_requests`. */
  readonly keyShare: number;
  /** Connections that are open at a time, 1…1,000,000; others are closed at once. */
  readonly maxConnections: number;
}

const isHost = (text: string) => isIP(text) > 0 || /^[\w.-]+$/.test(text);
const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text;

const texts = (fits: (text: string) => boolean, form: string) =>
  z.array(z.string().refine(fits, `must be ${form}`)).default([]);

export const serverSchema: z.ZodType<
  ServerConfiguration,
  { [Field in keyof ServerConfiguration]?: ServerConfiguration[Field] | undefined }
> = z.strictObject({
  hosts: texts(isHost, "a name or an address such as shop.example, without scheme and port"),
  origins: texts(isOrigin, "an origin such as https://shop.example, without a path"),
  authentication: z.enum(authentications).default("automatic"),
  maxRequests: z.int().min(1).max(100_000).default(200),
  keyShare: z.number().min(0.01).max(1).default(0.75),
  maxConnections: z.int().min(1).max(1_000_000).default(2000),
});
