#!/usr/bin/env node
import { parseArgs } from "node:util";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { ConfigError, readConfig } from "./config.ts";
import { createWeatherAnalytics, createWeatherServer } from "./server.ts";
import { createWeatherServices } from "./upstream/weather-services.ts";
import { VERSION } from "./version.ts";

const HELP = `weather-mcp ${VERSION}: weather tools for MCP clients (National Weather Service, Open-Meteo, NOAA NCEI)

Usage: weather-mcp             speak MCP on stdin and stdout
       weather-mcp --help      this text
       weather-mcp --version   the version

No key is needed. Settings are environment variables; .env.example in the package lists them.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { help: { type: "boolean", short: "h" }, version: { type: "boolean", short: "v" } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  if (values.version) {
    process.stdout.write(`${VERSION}\n`);
    return;
  }
  const server = createWeatherServer(createWeatherServices(readConfig()), createWeatherAnalytics());
  await server.connect(new StdioServerTransport());
}

main().catch((error: unknown) => {
  // stdout belongs to MCP. What a user can put right gets one line; anything else is a fault of ours and gets its stack.
  const expected = error instanceof ConfigError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  process.stderr.write(`weather-mcp: ${expected ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = 1;
});
