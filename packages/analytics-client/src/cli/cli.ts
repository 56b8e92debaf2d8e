import { parseArgs } from "node:util";
import { readConfig } from "../config/config.ts";
import type { Transport } from "../delivery/transport.ts";
import { SDK } from "../sdk-software.ts";
import type { Environment } from "../types.ts";
import { DISCLOSURE_FORMATS, writeDisclosure } from "./disclosure.ts";
import { diagnose } from "./doctor.ts";
import { describePreview } from "./preview.ts";
import { describeStatus } from "./status.ts";

export const HELP = `mcp-analytics: what the analytics of an MCP server would do with the settings of this environment

  mcp-analytics status                        whether it is on, and why
  mcp-analytics preview                       a sample request, byte for byte
  mcp-analytics doctor                        asks the collector: reach, clock, key, signature (stores nothing)
  mcp-analytics disclosure [--format text]    what is collected, as a section for a README (default: markdown)

Settings: ANALYTICS_API_KEY, ANALYTICS_ENDPOINT, ANALYTICS_SIGNING_SECRET, ANALYTICS_LEVEL, ANALYTICS_ENABLED,
ANALYTICS_DEBUG, DO_NOT_TRACK, CI`;

/** The outside world of the command line; tests replace it. */
export interface CliRuntime {
  readonly env?: Environment;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  readonly now: () => number;
  readonly openTransport: (url: URL) => Transport;
}

/** Runs one command. Resolves with the exit code: 0 well, 1 something is wrong, 2 not understood. */
export async function runCli(args: readonly string[], runtime: CliRuntime): Promise<number> {
  const options = readOptions(args);
  if (!options || !DISCLOSURE_FORMATS.some((format) => format === options.values.format)) {
    runtime.printError(`mcp-analytics: not understood\n\n${HELP}`);
    return 2;
  }
  const { values, positionals } = options;
  const config = readConfig({ env: runtime.env });
  const command = values.version ? "version" : values.help ? "help" : (positionals[0] ?? "help");
  switch (positionals.length > 1 ? undefined : command) {
    case "status":
      runtime.print(describeStatus(config));
      return 0;
    case "preview":
      runtime.print(describePreview(config, runtime.now()));
      return 0;
    case "disclosure":
      runtime.print(writeDisclosure(values.format === "text" ? "text" : "markdown"));
      return 0;
    case "doctor": {
      const { healthy, lines } = await diagnose(config, runtime.openTransport, runtime.now);
      runtime.print(lines.join("\n"));
      return healthy ? 0 : 1;
    }
    case "help":
      runtime.print(HELP);
      return 0;
    case "version":
      runtime.print(SDK.version);
      return 0;
    default:
      runtime.printError(`mcp-analytics: not understood\n\n${HELP}`);
      return 2;
  }
}

function readOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        format: { type: "string", default: "markdown" },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean", short: "v" },
      },
    });
  } catch {
    return undefined;
  }
}
