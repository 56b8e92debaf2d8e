#!/usr/bin/env node
import { parseArgs } from "node:util";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { ConfigError, readConfig } from "./config.ts";
import { createWeatherAnalytics, createWeatherServer } from "./server.ts";
import { createWeatherServices } from "./upstream/weather-services.ts";
import { VERSION } from "./version.ts";

const HELP = `weather-mcp ${VERSION}: weather tools for MCP clients (National Weather Service, Open-Meteo, NOAA NCEI)

Usage: weather-mcp                speak MCP on stdin and stdout
       weather-mcp --http         serve MCP over Streamable HTTP on http://127.0.0.1:8808/mcp
         --port <number>          another port; 0 = any free one
         --host <address>         another address; needs WEATHER_HTTP_ALLOWED_HOSTS unless it is this machine's own
       weather-mcp --help         this text
       weather-mcp --version      the version

No key is needed. Settings are environment variables; .env.example in the package lists them.
Usage analytics is off unless ANALYTICS_API_KEY is set.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      http: { type: "boolean" },
      port: { type: "string", default: "8808" },
      host: { type: "string", default: "127.0.0.1" },
      help: { type: "boolean", short: "h" },
      version: { type: "boolean", short: "v" },
    },
  });
  if (values.help) process.stdout.write(HELP);
  else if (values.version) process.stdout.write(`${VERSION}\n`);
  else if (values.http) await overHttp(values.host, values.port);
  else await overStdio();
}

async function overStdio(): Promise<void> {
  const server = createWeatherServer(createWeatherServices(readConfig()), createWeatherAnalytics());
  await server.connect(new StdioServerTransport());
}

async function overHttp(host: string, portText: string): Promise<void> {
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : Number.NaN;
  if (!(port <= 65_535)) throw new ConfigError("--port must be a whole number from 0 to 65535");
  // Loaded only here: it would cost every start on stdio a good part of its time.
  const { serveHttp } = await import("./serve-http.ts");
  const analytics = createWeatherAnalytics();
  const running = await serveHttp({ host, port }, createWeatherServices(readConfig()), analytics);
  process.stderr.write(`weather-mcp: serving MCP on ${running.url}\n`);
  const stop = () => {
    running.close().then(() => analytics.close());
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

main().catch((error: unknown) => {
  // stdout belongs to MCP. What a user can put right gets one line; anything else is a fault of ours and gets its stack.
  const expected = error instanceof ConfigError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  process.stderr.write(`weather-mcp: ${expected ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = 1;
});
