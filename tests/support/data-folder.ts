import { resolve } from "node:path";
import { repository } from "./documents.ts";

/** The data sets that are not committed. Tests that need one are skipped where it is absent. */
export const dataFolder = resolve(repository, process.env.RECURVE_DATA ?? "../shared/data");
