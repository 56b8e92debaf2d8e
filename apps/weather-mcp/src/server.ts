import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { type Analytics, type AnalyticsOptions, createAnalytics, instrument } from "@org/mcp-analytics-client";
import { type ErrorCategory, toWeatherError } from "./errors/weather-error.ts";
import { listTools } from "./tools/list-tools.ts";
import { registerTool } from "./tools/register-tool.ts";
import { toolSet } from "./tools/tool-set.ts";
import type { WeatherServices } from "./upstream/weather-services.ts";
import { VERSION } from "./version.ts";

const INSTRUCTIONS = [
  'Every tool takes a place as people write it ("Austin, TX", "Paris, FR", "10001", "48.85,2.35"); no need to look up coordinates first.',
  "get_forecast is for the future, get_current_conditions for now, get_historical_weather for 1940 to yesterday.",
  "Units are those of the place unless units is given; they are named in every answer.",
  'get_alerts covers the United States only: coverage "none" does not mean that a place is safe. Not for navigation or the safety of life.',
].join("\n");

/** A failed call is told to analytics by the category that stands first in its text. */
export const ANALYTICS_OPTIONS = {
  categorizeError: (error: unknown): ErrorCategory => toWeatherError(error).category,
} satisfies AnalyticsOptions;

/** Off unless the user has set a key. */
export function createWeatherAnalytics(): Analytics {
  return createAnalytics(ANALYTICS_OPTIONS);
}

/** An MCP server with the weather tools, not yet connected. Servers of one process share their services. */
export function createWeatherServer(services: WeatherServices, analytics: Analytics): McpServer {
  const server = new McpServer({ name: "weather-mcp", version: VERSION }, { instructions: INSTRUCTIONS });
  const tools = toolSet(services.config);
  for (const tool of tools) registerTool(server, tool, services);
  listTools(server, tools);
  return instrument(server, analytics);
}
