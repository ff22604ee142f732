// Runs a command in a network namespace of its own, where the proxy behind a socket file is all that there is.
// Usage: unshare --net node confined.mjs <socket file> <command> <arguments…>
import { execFileSync, spawn } from "node:child_process";
import { connect, createServer } from "node:net";

const [socketFile, command, ...options] = process.argv.slice(2);
execFileSync("ip", ["link", "set", "lo", "up"]);
const bridge = createServer((inside) => {
  const outside = connect(socketFile);
  for (const socket of [inside, outside])
    socket.on("error", () => [inside, outside].map((end) => end.destroy()));
  inside.pipe(outside).pipe(inside);
});
bridge.listen(0, "127.0.0.1", () => {
  const proxy = `http://127.0.0.1:${bridge.address().port}`;
  const variables = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"];
  const child = spawn(command, options, {
    stdio: "inherit",
    env: {
      ...process.env,
      ...Object.fromEntries(variables.map((name) => [name, proxy])),
      ...{ YARN_HTTP_PROXY: proxy, YARN_HTTPS_PROXY: proxy },
    },
  });
  child.on("exit", (code) => process.exit(code ?? 1));
});
