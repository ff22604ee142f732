import { z } from "@hono/zod-openapi";

const day = z.iso.date();
const zones = { local: true, offset: true };
/** With seconds, or to the minute. */
const moment = z.union([z.iso.datetime(zones), z.iso.datetime({ ...zones, precision: -1 })]);
const isZoned = /(?:Z|[+-]\d\d:\d\d)$/;

/**
 * Milliseconds since 1970 of an ISO 8601 day or time, as clients of other systems write it: in UTC if it has no zone, with a blank for
 * the T, or with an offset without a colon. NaN of another text, and of a day that its month does not have.
 */
export function parseIsoTime(text: string): number {
  const written = text.trim().toUpperCase().replace(" ", "T");
  if (day.safeParse(written).success) return Date.parse(written);
  const whole = written.replace(/([+-]\d\d)(\d\d)$/, "$1:$2");
  if (!moment.safeParse(whole).success) return Number.NaN;
  return Date.parse(isZoned.test(whole) ? whole : `${whole}Z`);
}
