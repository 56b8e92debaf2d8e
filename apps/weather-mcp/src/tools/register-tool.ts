import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { noteError } from "@org/mcp-analytics-client";
import { errorResult } from "../output/error-result.ts";
import { openCallScope } from "../upstream/call-scope.ts";
import type { WeatherServices } from "../upstream/weather-services.ts";
import type { Tool } from "./tool.ts";

/** Offers a tool. Every call has a deadline, ends when the client cancels it, and never throws. */
export function registerTool(server: McpServer, tool: Tool, services: WeatherServices): void {
  const annotations = {
    title: tool.title,
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: true,
  };
  const { name, title, description, input: inputSchema, output: outputSchema } = tool;
  server.registerTool(name, { title, description, inputSchema, outputSchema, annotations }, async (input, extra) => {
    const scope = openCallScope(services.clock, services.config.callTimeoutMs, extra.signal);
    try {
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
