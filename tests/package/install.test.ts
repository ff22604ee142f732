import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningRecurve, startNode } from "../e2e/recurve.ts";
import { compiler } from "../support/built-command.ts";
import { repository } from "../support/documents.ts";
import {
  consumersOf,
  createProject,
  filesUnder,
  scriptsAmong,
  sizeOnDisk,
} from "./consumer-project.ts";
import { fetchPackages } from "./fetch-packages.ts";
import { type Manager, managers } from "./managers.ts";
import { packPackage } from "./pack-package.ts";
import { canConfine, openRegistryProxy, type RegistryProxy } from "./registry-proxy.ts";

const largestSizeBytes = 120e6;
const programs = [...consumersOf(".mjs"), ...consumersOf(".cjs")];
const minutes = (count: number) => ({ timeout: count * 60_000 });
const isLeftOut = process.env.RECURVE_FULL === undefined || process.platform !== "linux";
const say = (line: string) => process.stdout.write(`${line}\n`);

describe.skipIf(isLeftOut)("the packed package (needs RECURVE_FULL, and Linux)", () => {
  const folder = mkdtempSync(join(tmpdir(), "recurve-package-"));
  const npmProject = join(folder, "npm-11");
  let registry = "";
  let tarball = "";
  let proxy: RegistryProxy;

  beforeAll(async () => {
    const get = ["config", "get", "registry"];
    registry = execFileSync("npm", get, { cwd: repository, encoding: "utf8" }).trim();
    proxy = await openRegistryProxy(folder, new URL(registry).hostname);
    tarball = packPackage(folder);
    if (!canConfine) say("no network namespace is to be had: only hosts asked of a proxy are seen");
  }, 600_000);

  afterAll(() => {
    proxy.close();
    rmSync(folder, { recursive: true });
  }, 120_000);

  /** A user without settings or caches, but for this machine's registry and certificates. */
  function newUser() {
    const home = mkdtempSync(join(folder, "home-"));
    const { PATH, NODE_EXTRA_CA_CERTS, SSL_CERT_FILE } = process.env;
    return {
      PATH,
      NODE_EXTRA_CA_CERTS,
      SSL_CERT_FILE,
      DENO_TLS_CA_STORE: "system",
      // Deno asks for its own newer versions otherwise.
      DENO_NO_UPDATE_CHECK: "1",
      HOME: home,
      XDG_CACHE_HOME: join(home, "cache"),
      NO_COLOR: "1",
      npm_config_registry: registry,
      YARN_NPM_REGISTRY_SERVER: registry,
    };
  }

  const runIn = (project: string, command: readonly [string, ...string[]], variables = {}) =>
    proxy.run(command, { cwd: project, env: { ...newUser(), ...variables } });

  describe.each(managers)("$name", (manager: Manager) => {
    const name = manager.name.toLowerCase().replaceAll(/\W+/g, "-");
    const project = join(folder, name);
    let tools: string | undefined;

    beforeAll(() => {
      tools = fetchPackages(manager.packages, join(folder, "tools", name));
      if (tools === undefined) say(`${manager.name} is skipped: the registry does not have it`);
      createProject(project, manager.files);
    }, 300_000);

    test(
      "installs without warning or script, from the registry alone",
      minutes(5),
      async ({ skip }) => {
        if (tools === undefined) return skip();
        const { exitCode, output } = await runIn(project, manager.install(tools, tarball));
        expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
        const rest = output.replace(manager.ownWarnings ?? "", "");
        expect(rest).not.toMatch(/warn|deprecated|ignored|must be built/i);
        expect(scriptsAmong(filesUnder(project))).toEqual([]);
        expect([...proxy.hosts]).toEqual([new URL(registry).hostname]);
      },
    );

    test.for(programs)("%s runs", minutes(3), async (program, { skip }) => {
      if (tools === undefined || (manager.importsOnly && program.endsWith(".cjs"))) return skip();
      const [command, ...options] = manager.run(tools);
      const ran = await runIn(project, [command, ...options, join(project, program)]);
      expect(ran).toEqual({ exitCode: 0, output: expect.stringMatching(/^\w+: .+\n$/) });
      // Its runtime tells nobody of it.
      expect([...proxy.hosts]).toEqual([new URL(registry).hostname]);
    });
  });

  test.for(programs)("%s runs on WebAssembly", minutes(3), async (program) => {
    const variables = { RECURVE_RUNTIME: "wasm" };
    const ran = await runIn(npmProject, [process.execPath, program], variables);
    expect(ran).toEqual({ exitCode: 0, output: expect.stringMatching(/^\w+: .+\n$/) });
  });

  /** With the compiler's errors, which it prints to its standard output, in the test's own. */
  const compile = (options: readonly string[]) =>
    execFileSync(process.execPath, [compiler, ...options], { cwd: npmProject, stdio: "inherit" });

  /** An example of the package, compiled as an application's own program. */
  function compileExample(name: string): string {
    const source = join(npmProject, `${name}.mts`);
    copyFileSync(join(npmProject, "node_modules/recurve/examples", name, "shop.ts"), source);
    const typeRoots = join(repository, "node_modules/@types");
    const target = ["--module", "nodenext", "--target", "es2023", "--strict"];
    const types = ["--types", "node", "--typeRoots", typeRoots];
    compile([...target, ...types, source]);
    return `${name}.mjs`;
  }

  const startIn = (words: readonly string[], variables: Readonly<Record<string, string>> = {}) =>
    startNode(words, { cwd: npmProject, env: { ...newUser(), PORT: "0", ...variables } });

  async function visitShop(shop: RunningRecurve) {
    const [, url = ""] = await shop.waitFor(/shop at (http:\S+)/);
    const page = await (await fetch(url)).text();
    shop.child.kill("SIGTERM");
    expect(await shop.ended()).toMatchObject({ code: 0 });
    return page;
  }

  test("the example that embeds Recurve runs", minutes(3), async () => {
    const shop = startIn([compileExample("shop-embedded")]);
    expect(await visitShop(shop)).toMatch(/href="\/products\/\w+\?decision=/);
  });

  test("the example that calls a server runs", minutes(3), async () => {
    const server = startIn(["node_modules/recurve/dist/cli/main.js", "serve", "--no-learner"]);
    const [, url = ""] = await server.waitFor(/"url":"(http:[^"]+)"/);
    const shop = startIn([compileExample("shop-sdk")], { RECURVE_URL: url });
    expect(await visitShop(shop)).toMatch(/href="\/products\/\w+/);
  });

  test("takes at most 120 MB with all that it needs", () => {
    const size = sizeOnDisk(filesUnder(join(npmProject, "node_modules")));
    say(`installed size: ${(size / 1e6).toFixed(1)} MB`);
    expect(size).toBeLessThanOrEqual(largestSizeBytes);
  });

  test.each(["ts", "mts"])(
    "strict .%s with declarations names every type by the package",
    (ext) => {
      const output = join(npmProject, `out-${ext}`);
      const source = join(npmProject, `types-checked.${ext}`);
      copyFileSync(join(npmProject, "types.ts"), source);
      const typeRoots = [join(repository, "node_modules/@types")];
      const options = { module: "nodenext", target: "es2023", strict: true, skipLibCheck: false };
      const compilerOptions = {
        ...options,
        declaration: true,
        outDir: output,
        types: ["node"],
        typeRoots,
      };
      const project = join(npmProject, `tsconfig-${ext}.json`);
      writeFileSync(project, JSON.stringify({ compilerOptions, files: [source] }));
      compile(["-p", project]);
      const declared = readFileSync(join(output, `types-checked.d.${ext}`), "utf8");
      expect(declared).toMatch(/import\("recurve"/);
      expect(declared).not.toMatch(/node_modules|dist\//);
    },
  );
});
