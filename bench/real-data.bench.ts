import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Bench, Report } from "./bench.ts";
import { repository } from "./machine.ts";
import { reportCoat } from "./real-data/report-coat.ts";
import { reportCriteo } from "./real-data/report-criteo.ts";
import { reportHillstrom } from "./real-data/report-hillstrom.ts";

interface Options extends Record<string, number | string | boolean> {
  readonly data: string;
  readonly seeds: number;
  readonly logs: number;
}

/** By folder: the file that must be there, and the report. */
const sets: Readonly<
  Record<
    string,
    {
      readonly file: string;
      readonly run: (report: Report, folder: string, options: Options) => Promise<void>;
    }
  >
> = {
  "hillstrom-email": { file: "hillstrom.csv", run: reportHillstrom },
  "criteo-counterfactual-20k": {
    file: "train.txt",
    run: (report, folder, { seeds }) => reportCriteo(report, folder, seeds),
  },
  coat: {
    file: "train.ascii",
    run: (report, folder, { seeds }) => reportCoat(report, folder, seeds),
  },
};

export const realDataBench: Bench<Options> = {
  name: "real-data",
  description: "e-mails, ads and coats: logs judged off-policy, choices that users made undone",
  options: { data: "../shared/data", seeds: 10, logs: 100 },
  run: async (options, report) => {
    const absent: string[] = [];
    for (const [name, { file, run }] of Object.entries(sets)) {
      const folder = join(resolve(repository, options.data), name);
      if (existsSync(join(folder, file))) await run(report, folder, options);
      else absent.push(name);
    }
    if (absent.length > 0)
      report.skip(`${options.data} lacks ${absent.join(", ")}: targets are not judged`);
  },
};
