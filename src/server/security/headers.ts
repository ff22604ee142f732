import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";

/** Scripts of others can't run, nor can a page of others show the dashboard in a frame and catch its clicks. */
const contentSecurityPolicy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", "data:"],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'self'"],
};

export const addSecurityHeaders = (): MiddlewareHandler =>
  secureHeaders({
    contentSecurityPolicy,
    // For the whole domain: its decision is the proxy's that has the certificate.
    strictTransportSecurity: false,
  });
