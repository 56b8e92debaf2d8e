#!/usr/bin/env node
import { runCli } from "./cli/cli.ts";
import { createTransport } from "./delivery/transport.ts";

process.exitCode = await runCli(process.argv.slice(2), {
  print: (text) => process.stdout.write(`${text}\n`),
  printError: (text) => process.stderr.write(`${text}\n`),
  now: Date.now,
  openTransport: (url) => createTransport(url),
});
