import { z } from "zod";
import { mostRows } from "../../../contract/batches.ts";

/** The schema's own message covers its size as well. */
export const batch = <Row extends z.ZodType>(row: Row): z.ZodArray<Row> =>
  z.array(row, `must be a list of at most ${mostRows}`).max(mostRows);
