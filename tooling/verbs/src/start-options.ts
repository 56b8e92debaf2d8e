import { parseArgs } from "node:util";

export const START_HELP = `Usage: pnpm start [--port N] [--data-dir FOLDER]

Builds what has changed and runs the collector. With nothing else set it stores in an embedded database in the data
folder, which survives restarts; DATABASE_URL and REDIS_URL switch to servers of your own.

  --port N           port to listen on (3000; PORT)
  --data-dir FOLDER  folder of the embedded database (.data; DATA_DIR)

Ctrl-C ends it. apps/collector/.env.example lists every setting.
`;

export interface StartOptions {
  /** undefined: what the environment says, else the collector's default */
  readonly port: number | undefined;
  readonly dataDir: string | undefined;
}

/** Reads the command line. "help" when it asks for that; throws an Error whose message is one line. */
export function readStartOptions(args: readonly string[]): StartOptions | "help" {
  const { values } = parseArgs({
    args: args.filter((argument) => argument !== "--"),
    options: {
      port: { type: "string" },
      "data-dir": { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) return "help";
  const { port, "data-dir": dataDir } = values;
  if (port !== undefined && (!/^\d{1,5}$/.test(port) || Number(port) > 65_535))
    throw new Error(`--port must be a number from 0 to 65535, not "${port}"`);
  if (dataDir === "") throw new Error("--data-dir must name a folder");
  return { port: port === undefined ? undefined : Number(port), dataDir };
}
