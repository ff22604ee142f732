import { z } from "zod";

/** A clock that runs ahead is forgiven; a time further on is a mistake of unit or of year. */
const maxAheadMs = 86_400_000;

/** Milliseconds since 1970, at most a day after `now`. */
export const createTimeSchema = (now: number): z.ZodNumber =>
  z
    .number({ error: "must be a time" })
    .min(0, "lies before 1970")
    .max(now + maxAheadMs, "is in the future");

/** Unix seconds and milliseconds from 1973 to 5138 differ by their digits. Smaller numbers are places in a file, larger ones microseconds. */
const earliestSeconds = 1e8;
const earliestMs = 1e11;
const latestMs = 1e14;

const isNumeric = /^\d+(\.\d+)?$/;

/** A Unix time as the text of the same moment; all else as it is. */
function readUnixTime(input: unknown): unknown {
  const isText = typeof input === "string" && isNumeric.test(input);
  const unix = isText || typeof input === "number" ? Number(input) : Number.NaN;
  if (!(unix >= earliestSeconds && unix < latestMs)) return input;
  return new Date(unix < earliestMs ? unix * 1000 : unix).toISOString();
}

/** The time of an event in a file: ISO 8601 with its zone, or a Unix time in seconds or milliseconds. The result is milliseconds since 1970. */
export const createFileTime = (now: number): z.ZodType<number> =>
  z
    .preprocess(
      readUnixTime,
      z.iso.datetime({
        offset: true,
        error:
          "must be a time with its zone, such as 2026-03-01T12:00:00Z, or Unix seconds or milliseconds from 1973 on",
      }),
    )
    .transform((text) => Date.parse(text))
    .pipe(createTimeSchema(now));
