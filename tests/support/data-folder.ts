import { resolve } from "node:path";
import { repository } from "./documents.ts";

/** The data sets that are not committed. Tests and benches that need one are skipped if it is absent. */
export const dataFolder = resolve(repository, process.env.RECURVE_DATA ?? "../shared/data");
