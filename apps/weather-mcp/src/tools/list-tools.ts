import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { type Tool as ListedTool, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod/v4";
import type { Tool } from "./tool.ts";

/** Everything reads from public services and changes nothing. */
const READ_ONLY = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true };

/** Schemas are the same for every session of a process, and cost more to write than an answer. */
const listed = new WeakMap<Tool, ListedTool>();

/** Answers `tools/list` with what the tools take and give. */
export function listTools(server: McpServer, tools: readonly Tool[]): void {
  server.server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(describeTool) }));
}

function describeTool(tool: Tool): ListedTool {
  const known = listed.get(tool);
  if (known) return known;
  const { name, title, description } = tool;
  const described = {
    name,
    title,
    description,
    inputSchema: schemaOf(tool.input, "input") as ListedTool["inputSchema"],
    outputSchema: schemaOf(tool.output, "output") as ListedTool["outputSchema"],
    annotations: { title, ...READ_ONLY },
  };
  listed.set(tool, described);
  return described;
}

/** In the dialect that every client knows. */
function schemaOf(schema: z.ZodObject, io: "input" | "output"): unknown {
  return z.toJSONSchema(schema, { target: "draft-7", io });
}
