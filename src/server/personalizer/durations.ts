import { z } from "@hono/zod-openapi";

const form = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const seconds = [86_400, 3600, 60, 1];

/** ISO 8601, of days and shorter units, in seconds. */
export const duration: z.ZodType<number> = z
  .string()
  .regex(form, "must be a duration such as PT10M")
  .transform((text) =>
    seconds.reduce((sum, unit, part) => sum + unit * Number(form.exec(text)?.[part + 1] ?? 0), 0),
  );

/** The same as text, in its largest units. */
export function toDuration(total: number): string {
  const days = Math.floor(total / 86_400);
  const hours = Math.floor((total % 86_400) / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const rest = Number((total % 60).toFixed(3));
  const time = [hours && `${hours}H`, minutes && `${minutes}M`, rest && `${rest}S`]
    .filter(Boolean)
    .join("");
  const date = days > 0 ? `${days}D` : "";
  return time === "" && date === "" ? "PT0S" : `P${date}${time && `T${time}`}`;
}
