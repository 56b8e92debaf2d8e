import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CollectorProcess } from "./collector-process.ts";
import { progressBar } from "./progress-bar.ts";
import { runDemo } from "./run-demo.ts";
import { summaryTable } from "./summary-table.ts";
import { UsageReader } from "./usage-reader.ts";

const HELP = `Usage: pnpm demo [--calls N] [--json] [--keep]

Runs the whole path once: a collector on its embedded database, weather-mcp as a child process with a real MCP client,
upstream weather services played by a local server. Makes tool calls, some of which fail, and checks that every one of
them was stored once.

  --calls N  how many tool calls to make (300)
  --json     print {"toolCalls", "stored", "succeeded", "failed", "byErrorType"} and nothing else on stdout
  --keep     stay up afterwards, to look at the dashboard; Ctrl-C ends it, which is no failure

Exit code 0 when everything that was made is stored, else 1.
`;
const MAX_CALLS = 5_000;

const options = readOptions();
const dataDir = mkdtempSync(join(tmpdir(), "mcp-analytics-demo-"));
let collector: CollectorProcess | undefined;

async function cleanUp(): Promise<void> {
  await collector?.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

/** Set once the demo is over and only kept for looking at it: then Ctrl-C is how it ends, not a failure. */
let isKept = false;

process.once("SIGINT", async () => {
  await cleanUp();
  process.exit(isKept ? process.exitCode : 130);
});
process.once("SIGTERM", async () => {
  await cleanUp();
  process.exit(143);
});

try {
  collector = await CollectorProcess.start({ DATA_DIR: dataDir });
  const { apiKey, signingSecret } = await collector.createKey();
  const reader = await UsageReader.signIn(collector.url, await collector.adminLink());
  const bar = progressBar("Calling tools", options.calls);
  const demo = await runDemo(
    { eventsUrl: collector.eventsUrl, apiKey, signingSecret, reader },
    options.calls,
    bar.update,
  );
  bar.end();
  if (options.json) console.log(JSON.stringify(demo.result));
  else console.log(`${summaryTable(demo)}\n`);
  if (!demo.isComplete) {
    console.error(`Not complete: ${options.calls} calls were made, ${demo.result.stored} are stored.`);
    process.exitCode = 1;
  }
  if (options.keep) {
    isKept = true;
    const say = options.json ? console.error : console.log;
    say(
      `Dashboard: ${await collector.adminLink()}\nThe link signs one browser in. Ctrl-C ends the demo and deletes its data.`,
    );
    await new Promise(() => setInterval(() => {}, 60_000));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await cleanUp();
}

function readOptions(): { calls: number; json: boolean; keep: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        calls: { type: "string", default: "300" },
        json: { type: "boolean", default: false },
        keep: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) {
      process.stdout.write(HELP);
      process.exit(0);
    }
    const calls = Number(values.calls);
    if (!Number.isInteger(calls) || calls < 1 || calls > MAX_CALLS)
      throw new Error(`--calls must be a whole number from 1 to ${MAX_CALLS}`);
    return { calls, json: values.json, keep: values.keep };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message.split("\n")[0] : String(error)}\n`);
    process.exit(1);
  }
}
