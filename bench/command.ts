import { basename } from "node:path";
import { parseArgs } from "node:util";
import type { Bench, BenchOptions, Target } from "./bench.ts";
import { describeMachine, readMachine } from "./machine.ts";
import { type BenchResult, runBench, summarise } from "./run-bench.ts";

export interface CommandParts {
  readonly benches: readonly Bench[];
  readonly targets: Readonly<Record<string, Target | readonly Target[]>>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Takes lines. */
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

interface Arguments {
  readonly check: boolean;
  readonly json: boolean;
  readonly options: BenchOptions;
}

const usage = "npm run bench -- <name> [--check] [--json] [--<option> <value>]";

function listBenches(benches: readonly Bench[]): string {
  const lines = benches.map(({ name, description, options }) => {
    const own = Object.entries(options).map(([option, value]) =>
      value === false ? ` [--${option}]` : ` [--${option} ${value || "<file>"}]`,
    );
    return `  ${name.padEnd(14)} ${description}${own.join("")}`;
  });
  return [usage, ...lines].join("\n");
}

function parsePositive(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new TypeError(`--${option} must be a positive number, got '${text}'`);
}

function parseText({ choices }: Bench, option: string, text: string): string {
  const known = choices?.[option];
  if (known === undefined || known.includes(text)) return text;
  throw new TypeError(`--${option} must be one of ${known.join(", ")}, got '${text}'`);
}

/** @throws TypeError on an unknown option or a value that is none */
function parseArguments(bench: Bench, args: readonly string[]): Arguments {
  const own = Object.entries(bench.options).map(([name, value]) => {
    const type: "boolean" | "string" = typeof value === "boolean" ? "boolean" : "string";
    return [name, { type }] as const;
  });
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries(own),
      check: { type: "boolean" },
      json: { type: "boolean" },
    },
  });
  const { check, json, ...given } = values as Readonly<Record<string, string | boolean>>;
  const options: Record<string, number | string | boolean> = { ...bench.options };
  for (const [option, value] of Object.entries(given)) {
    if (typeof value === "boolean") {
      options[option] = value;
      continue;
    }
    const text = value;
    options[option] =
      typeof bench.options[option] === "number"
        ? parsePositive(option, text)
        : parseText(bench, option, text);
  }
  return { check: check === true, json: json === true, options };
}

const isFor =
  ({ data, items }: BenchOptions) =>
  (target: Target) =>
    (target.data === undefined || target.data === basename(String(data))) &&
    (target.items === undefined || target.items === items);

async function measure(bench: Bench, args: Arguments, parts: CommandParts): Promise<BenchResult> {
  const machine = readMachine();
  const date = new Date(parts.clock()).toISOString();
  const print = args.json ? () => {} : parts.print;
  print(`${bench.name}: ${bench.description}\n${describeMachine(machine)}\ndate      ${date}`);
  const result = await runBench(bench, {
    options: args.options,
    targets: [parts.targets[bench.name] ?? []].flat().filter(isFor(args.options)),
    print,
  });
  print(summarise(result));
  if (args.json) parts.print(JSON.stringify({ ...result, date, machine }, undefined, 2));
  return result;
}

/** @returns exit code: 0, 1 where `--check` found a target missed, 2 for wrong usage */
export async function runCommand(args: readonly string[], parts: CommandParts): Promise<number> {
  const [name, ...given] = args;
  if (name === undefined) {
    parts.print(listBenches(parts.benches));
    return 0;
  }
  const flag = given.find((one) => parts.benches.some((bench) => bench.name === `${name} ${one}`));
  const rest = given.filter((one) => one !== flag);
  const full = flag === undefined ? name : `${name} ${flag}`;
  const bench = parts.benches.find((one) => one.name === full);
  if (bench === undefined) {
    parts.printError(`no bench '${name}'\n${listBenches(parts.benches)}`);
    return 2;
  }
  let parsed: Arguments;
  try {
    parsed = parseArguments(bench, rest);
  } catch (error) {
    parts.printError(`${(error as Error).message}\n${usage}`);
    return 2;
  }
  const { outcome } = await measure(bench, parsed, parts);
  return parsed.check && outcome === "missed" ? 1 : 0;
}
