#!/usr/bin/env node
import { runCli } from "./cli/cli.ts";
import { createTransport } from "./delivery/transport.ts";

// The client's connections never keep a process alive; here something has to until the answer is there.
const hold = setInterval(() => {}, 60_000);
process.exitCode = await runCli(process.argv.slice(2), {
  print: (text) => process.stdout.write(`${text}\n`),
  printError: (text) => process.stderr.write(`${text}\n`),
  now: Date.now,
  openTransport: (url) => createTransport(url),
});
clearInterval(hold);
