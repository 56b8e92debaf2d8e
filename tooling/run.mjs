// Starts a root verb: `node tooling/run.mjs <verb> [arguments]`. Plain JavaScript, so that an old Node gets a sentence
// instead of a syntax error.
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";

const PLACES = {
  attack: new URL("../e2e/attack/cli.ts", import.meta.url),
  bench: new URL("../bench/src/cli.ts", import.meta.url),
  chaos: new URL("../packages/analytics-client/chaos/cli.ts", import.meta.url),
  container: new URL("./container/src/cli.ts", import.meta.url),
  demo: new URL("../e2e/src/demo.ts", import.meta.url),
  faults: new URL("../e2e/faults/cli.ts", import.meta.url),
  screenshot: new URL("../e2e/src/screenshot.ts", import.meta.url),
};

/** Verbs that run what the build makes. `start` builds by itself, after it has read its options. */
const NEED_BUILD = new Set(["attack", "bench", "chaos", "demo", "faults", "screenshot"]);

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`Node 22.18 or newer is needed on this platform; this is ${process.versions.node}.\n`);
  process.exit(1);
}
// The build tool's own telemetry stays off: nothing here talks to anyone but this machine.
process.env.TURBO_TELEMETRY_DISABLED = "1";
process.env.TURBO_NO_UPDATE_NOTIFIER = "1";

const [verb = "", ...args] = process.argv.slice(2);
const file = PLACES[verb] ?? new URL(`./verbs/src/${verb}.ts`, import.meta.url);
if (!/^[a-z-]+$/.test(verb) || !existsSync(file)) {
  process.stderr.write(`There is no verb "${verb}".\n`);
  process.exit(1);
}
if (NEED_BUILD.has(verb) && !args.includes("--help") && !args.includes("-h")) {
  const { buildPackages } = await import("./verbs/src/build-packages.ts");
  process.stderr.write("Building what has changed ...\n");
  const { exitCode, output } = await buildPackages();
  if (exitCode !== 0) {
    process.stderr.write(`The build failed:\n${output}`);
    process.exit(1);
  }
}
process.argv.splice(1, process.argv.length - 1, file.pathname, ...args);
await import(pathToFileURL(file.pathname).href);
