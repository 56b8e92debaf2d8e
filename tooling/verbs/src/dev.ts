import { spawn } from "node:child_process";
import { once } from "node:events";
import { buildPackages } from "./build-packages.ts";
import { inRoot, ROOT } from "./root.ts";

/** Rebuilds on every change and restarts the collector with it, on its embedded database in `.data`. */
const built = await buildPackages();
if (built.exitCode !== 0) {
  process.stderr.write(built.output);
  process.exit(1);
}
const start = (args: readonly string[]) => spawn(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
const collector = inRoot("apps/collector/dist");
const children = [
  start(["node_modules/turbo/bin/turbo", "watch", "build", "--output-logs=errors-only", "--ui=stream"]),
  start([
    "--watch-path",
    collector,
    "--watch-preserve-output",
    `${collector}/cli.js`,
    "serve",
    ...process.argv.slice(2),
  ]),
];
const end = () => {
  for (const child of children) child.kill("SIGTERM");
};
// Ctrl-C in a terminal reaches the children as well, and a second signal would cut the collector's shutdown short.
process.on("SIGINT", () => {
  if (process.stdin.isTTY !== true) end();
});
process.on("SIGTERM", end);
await Promise.race(children.map((child) => once(child, "exit")));
end();
await Promise.all(children.map((child) => ((child.exitCode ?? child.signalCode) ? undefined : once(child, "exit"))));
