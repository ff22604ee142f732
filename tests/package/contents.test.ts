import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { filesUnder } from "./consumer-project.ts";
import { fetchPackages } from "./fetch-packages.ts";
import { packPackage } from "./pack-package.ts";

const isLeftOut = process.env.RECURVE_FULL === undefined || process.platform === "win32";

describe.skipIf(isLeftOut)("the packed package (needs RECURVE_FULL)", () => {
  const folder = mkdtempSync(join(tmpdir(), "recurve-contents-"));
  const root = join(folder, "package");
  let tarball = "";
  let files: readonly string[] = [];

  beforeAll(() => {
    tarball = packPackage(folder);
    execFileSync("tar", ["-xzf", tarball, "-C", folder]);
    files = filesUnder(root).map((file) => relative(root, file));
  }, 300_000);

  afterAll(() => rmSync(folder, { recursive: true }));

  const textOf = (file: string) => readFileSync(join(root, file), "utf8");

  test("links of its documents lead to files in it", () => {
    const documents = files.filter((file) => file.endsWith(".md"));
    expect(documents).toEqual(expect.arrayContaining(["README.md", "docs/errors.md"]));
    const broken = documents.flatMap((document) =>
      [...textOf(document).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(([, link = ""]) => normalize(join(dirname(document), link)).replace(/\/$/, ""))
        .filter((target) => !files.some((file) => file === target || file.startsWith(`${target}/`)))
        .map((target) => `${document}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  test("documents that its code names are in it", () => {
    const code = files.filter((file) => /^dist\/.*\.js$/.test(file) && !file.includes("dashboard"));
    const named = code.flatMap((file) => textOf(file).match(/\bdocs\/[\w/-]+\.md/g) ?? []);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !files.includes(name))).toEqual([]);
  });

  test("no file refers to a source map, of our own code", () => {
    expect(files.filter((file) => file.endsWith(".map"))).toEqual([]);
    const own = files.filter((file) => /\.(js|css|cjs|d\.ts)$/.test(file));
    expect(own.filter((file) => textOf(file).includes("sourceMappingURL="))).toEqual([]);
  });

  test("the licences of the runtime that it carries are beside it", () => {
    expect(files).toEqual(
      expect.arrayContaining(["dist/runtime/LICENSE", "dist/runtime/ThirdPartyNotices.txt"]),
    );
  });

  test("nothing of it runs at an install", () => {
    const hooks = ["preinstall", "install", "postinstall", "prepare"];
    expect(hooks.filter((hook) => hook in manifest.scripts)).toEqual([]);
  });

  // Node.js 20.19 loads ES modules by require, which the profile leaves aside; install.test.ts does that.
  test.for([
    ["publint@0.3.25", "publint/src/cli.js", "run", "--strict"],
    [
      "@arethetypeswrong/cli@0.18.5",
      "@arethetypeswrong/cli/dist/index.js",
      "--profile",
      "esm-only",
    ],
  ] as const)(
    "%s has no complaint",
    { timeout: 300_000 },
    ([tool, program, ...options], { skip }) => {
      const tools = fetchPackages([tool], join(folder, tool.replaceAll(/\W+/g, "-")));
      if (tools === undefined) return skip(`the registry does not have ${tool}`);
      const command = [join(tools, program), ...options, tarball];
      execFileSync(process.execPath, command, { encoding: "utf8", stdio: "pipe" });
    },
  );
});
