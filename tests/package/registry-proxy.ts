import { spawn, spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";

/** Whether a network namespace can be had: not without root, nor in every container. */
export const canConfine: boolean =
  spawnSync("unshare", ["--net", "ip", "link", "set", "lo", "up"]).status === 0;

export interface Ran {
  readonly exitCode: number;
  readonly output: string;
}

export interface RegistryProxy {
  /** Hosts that were asked for so far. */
  readonly hosts: ReadonlySet<string>;
  /** Runs a command that reaches nothing but this proxy, where that can be had. */
  run(
    command: readonly [string, ...string[]],
    options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  ): Promise<Ran>;
  close(): void;
}

/** Passes connections on to one host and refuses all others. */
export async function openRegistryProxy(folder: string, host: string): Promise<RegistryProxy> {
  const hosts = new Set<string>();
  const server = createServer((_, response) => response.writeHead(403).end());
  server.on("connect", ({ url = "" }, client) => {
    const [name = "", port] = url.split(":");
    hosts.add(name);
    if (name !== host) return client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    const upstream = connect(Number(port), name, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(upstream).pipe(client);
    });
    for (const socket of [client, upstream])
      socket.on("error", () => [client, upstream].map((end) => end.destroy()));
  });
  const socketFile = join(folder, "proxy.sock");
  await new Promise<void>((resolve) => server.listen(socketFile, resolve));
  const confined = join(import.meta.dirname, "confined.mjs");
  const prefix = ["unshare", "--net", process.execPath, confined, socketFile];
  return {
    hosts,
    run: (command, options) => runCommand(canConfine ? [...prefix, ...command] : command, options),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function runCommand(
  [command = "", ...rest]: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (part: Buffer) => {
        output += part.toString();
      });
    child.on("error", reject);
    child.on("close", (code) => resolve({ exitCode: code ?? 1, output }));
  });
}
