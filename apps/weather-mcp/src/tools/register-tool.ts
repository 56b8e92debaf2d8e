import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { noteError } from "@org/mcp-analytics-client";
import * as z from "zod/v4";
import { errorResult } from "../output/error-result.ts";
import { openCallScope } from "../upstream/call-scope.ts";
import type { WeatherServices } from "../upstream/weather-services.ts";
import { checkArguments } from "./check-arguments.ts";
import type { Tool } from "./tool.ts";

/** Lets every object through the SDK, whose own refusal has neither category nor hint; what is published is the tool's schema. */
const anyArguments = z.looseObject({});

/** Offers a tool. Every call has a deadline, ends when the client cancels it, and never throws. */
export function registerTool(server: McpServer, tool: Tool, services: WeatherServices): void {
  server.registerTool(tool.name, { inputSchema: anyArguments }, async (args, extra) => {
    const scope = openCallScope(services.clock, services.config.callTimeoutMs, extra.signal);
    try {
      const input = checkArguments(tool, args);
      const answer = await tool.run(input, { services, scope, nowMs: services.clock.now() });
      return { structuredContent: { ...answer.structured }, content: [{ type: "text", text: answer.text }] };
    } catch (error) {
      noteError(extra, error);
      return errorResult(error);
    } finally {
      scope.dispose();
    }
  });
}
