import { type Command, Option } from "commander";
import { type Logger, pino, stdSerializers, stdTimeFunctions } from "pino";

// Results of commands are no log lines: they go to standard output as they are.

const levels = ["trace", "debug", "info", "warn", "error", "silent"] as const;
const formats = ["text", "json"] as const;

export interface LogOptions {
  readonly logLevel: (typeof levels)[number];
  /** Absent: text on a terminal, JSON elsewhere. */
  readonly logFormat?: (typeof formats)[number];
}

export const withLogOptions = (command: Command): Command =>
  command
    .addOption(
      new Option("--log-level <level>", "lowest level of log lines")
        .choices(levels)
        .default("info")
        .env("RECURVE_LOG_LEVEL"),
    )
    .addOption(
      new Option(
        "--log-format <format>",
        "format of log lines; default: text on a terminal, else JSON",
      ).choices(formats),
    );

/** For a command that this one starts. */
export const logArguments = ({ logLevel, logFormat }: LogOptions): readonly string[] => [
  ...["--log-level", logLevel],
  ...(logFormat === undefined ? [] : ["--log-format", logFormat]),
];

interface LogStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Whether a person reads the log. */
export const isText = ({ logFormat }: LogOptions, stream: LogStream = process.stdout): boolean =>
  (logFormat ?? (stream.isTTY ? "text" : "json")) === "text";

const twoDigits = (value: number) => String(value).padStart(2, "0");

/** Local time, such as "2026-03-01 12:05:09". */
function describeTime(time: Date): string {
  const [year, month, day] = [time.getFullYear(), time.getMonth() + 1, time.getDate()];
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits);
  return `${year}-${twoDigits(month)}-${twoDigits(day)} ${clock.join(":")}`;
}

/** Columns before the message of a line of text. */
export const textPrefixLength: number = "2026-03-01 12:05:09 info  ".length;

/** A line of pino's JSON for a person: date, level, message, and under it the request and the stack of an error. */
function toText(json: string): string {
  const line = JSON.parse(json) as {
    readonly time: string;
    readonly level: string;
    readonly msg: string;
    readonly requestId?: string;
    readonly err?: { readonly stack?: string };
  };
  const request = line.requestId === undefined ? "" : ` (request ${line.requestId})`;
  const head = `${describeTime(new Date(line.time))} ${line.level.padEnd(5)} ${line.msg}${request}`;
  return line.err?.stack === undefined ? `${head}\n` : `${head}\n${line.err.stack}\n`;
}

/** Without an error's details and other fields, which may come from a request. */
function toFailure(error: Error): object {
  const { type, message, stack } = stdSerializers.err(error);
  return { type, message, stack, ...("code" in error && { code: error.code }) };
}

/** @param name of the process, in the lines of JSON: server, learner, users */
export function createLog(
  name: string,
  options: LogOptions,
  stream: LogStream = process.stdout,
): Logger {
  const text = { write: (json: string) => stream.write(toText(json)) };
  return pino(
    {
      name,
      level: options.logLevel,
      // The machine's name is left to the collector of the lines.
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      serializers: { err: toFailure },
    },
    isText(options, stream) ? text : stream,
  );
}
