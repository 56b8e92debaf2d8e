import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { buildPackages } from "./build-packages.ts";
import { inRoot } from "./root.ts";
import { startBanner } from "./start-banner.ts";
import { readStartOptions, START_HELP, type StartOptions } from "./start-options.ts";

/** What this needs of the collector's `serve.js`; imported only once it is built. */
interface CollectorModule {
  startCollector(overrides: { port?: number; dataDir?: string }): Promise<{
    readonly url: string;
    readonly adminLink: string;
    readonly firstKey?: { readonly key: string; readonly signingSecret: string };
    close(): Promise<void>;
  }>;
}

try {
  const options = readStartOptions(process.argv.slice(2));
  if (options === "help") process.stdout.write(START_HELP);
  else await start(options);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function start({ port, dataDir }: StartOptions): Promise<void> {
  process.stderr.write("Building what has changed ...\n");
  const built = await buildPackages(["@org/mcp-analytics-collector", "@org/weather-mcp"]);
  if (built.exitCode !== 0) throw new Error(`The build failed:\n${built.output.trimEnd()}`);
  const module = pathToFileURL(inRoot("apps/collector/dist/serve.js")).href;
  const { startCollector } = (await import(module)) as CollectorModule;
  const collector = await startCollector({
    ...(port !== undefined && { port }),
    ...(dataDir !== undefined && { dataDir }),
  });
  const weatherCli = inRoot("apps/weather-mcp/dist/cli.js");
  process.stdout.write(`${startBanner({ ...collector, weatherCli, dataDir: dataDirToName(dataDir) })}\n`);
  let signals = 0;
  const end = async () => {
    signals += 1;
    // Whoever asks twice does not want to wait.
    if (signals > 1) process.exit(1);
    await collector.close();
    process.exit(0);
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
}

/** The data folder as a command in another terminal has to name it; undefined where it finds the data by itself. */
function dataDirToName(option: string | undefined): string | undefined {
  const { DATA_DIR, DATABASE_URL } = process.env;
  const dataDir = option ?? DATA_DIR;
  if (DATABASE_URL || !dataDir || resolve(dataDir) === inRoot(".data")) return undefined;
  return resolve(dataDir);
}
