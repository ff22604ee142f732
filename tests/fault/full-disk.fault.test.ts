import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connect, startProcess } from "../e2e/recurve.ts";
import { builtCommand } from "../support/built-command.ts";
import { createTestFolder } from "../support/store.ts";

/** A mount of its own ends with its process. */
const own = ["--user", "--map-root-user", "--mount"];
const canMount =
  spawnSync("unshare", [...own, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;

test.skipIf(!canMount)(
  "on a full disk requests are refused alike, /health says so, the log has one line, and nothing acknowledged is lost (needs unshare)",
  { timeout: 60_000 },
  async () => {
    const folder = createTestFolder();
    const small = join(folder, "small");
    mkdirSync(small);
    const words = ["serve", "--no-learner", "--port", "0", "--log-format", "json"];
    // A new record takes up to 3 MiB: 1.7 of log, and 1.3 if a checkpoint has copied it. The 3.5 MiB that are freed later hold what a checkpoint copies then.
    const prepare = `mount -t tmpfs -o size=7m tmpfs ${small} && cd ${small} && head -c 3584K /dev/zero > large`;
    const serving = startProcess(
      "unshare",
      [
        ...own,
        "sh",
        "-c",
        `${prepare} && exec "$@"`,
        "sh",
        process.execPath,
        builtCommand(),
        ...words,
      ],
      { cwd: folder },
    );
    const client = await connect(serving);
    const text = "x".repeat(50_000);
    const stored: string[] = [];
    const put = async (itemId: string, attributes = { text }) => {
      await client.putItem({ itemId, attributes });
      stored.push(itemId);
    };
    // A checkpoint may give room to a few more: the disk is full once all are refused.
    for (let refused = 0; refused < 20; ) {
      const failure = await put(`i-${stored.length}`).catch((error: unknown) => error);
      refused = failure === undefined ? 0 : refused + 1;
      if (failure !== undefined)
        expect(failure).toMatchObject({ code: "storage_unavailable", status: 503 });
    }
    const { status, problems } = await client.getHealth();
    expect([status, problems]).toEqual([
      "degraded",
      ["the record can't be written: the disk is full; free some space and retry"],
    ]);
    const lines = serving
      .output()
      .split("\n")
      .filter((line) => line.includes('"error"'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("failed: the disk is full; free some space and retry");
    expect(lines[0]).not.toContain("stack");
    rmSync(`/proc/${serving.child.pid}/root${small}/large`);
    await put("after");
    expect(await client.getHealth()).toMatchObject({ status: "ok" });
    for (const itemId of stored) expect(await client.getItem(itemId)).toMatchObject({ itemId });
  },
);

test.skipIf(!existsSync("/dev/full"))(
  "a server whose log has no room serves on, and an import whose output has none imports (needs /dev/full)",
  { timeout: 60_000 },
  async () => {
    const folder = createTestFolder();
    const rows = Array.from({ length: 50 }, (_, row) => JSON.stringify({ itemId: `i${row}` }));
    writeFileSync(join(folder, "items.jsonl"), rows.join("\n"));
    const run = (redirected: string, ...words: readonly string[]) => {
      const shell = ["-c", `exec "$@" ${redirected}`, "sh", process.execPath, builtCommand()];
      return startProcess("sh", [...shell, ...words], { cwd: folder });
    };
    const importing = await run("2>&1 > /dev/full", "import", "items", "items.jsonl").ended();
    expect(importing.code).toBe(1);
    expect(importing.output).toMatch(
      /error: standard output can't be written: ENOSPC.*\(invalid_file\)\n$/,
    );
    const serving = run("2> /dev/full", "serve", "--no-learner", "--port", "0");
    const client = await connect(serving);
    expect(await client.getItem("i49")).toMatchObject({ itemId: "i49" });
    serving.child.stdout?.destroy();
    serving.child.kill("SIGTERM");
    expect(await serving.ended()).toMatchObject({ code: 0 });
  },
);
