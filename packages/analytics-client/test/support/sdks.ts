import { Server as Server132 } from "@modelcontextprotocol/sdk/server/index.js";
import { McpServer as McpServer132 } from "@modelcontextprotocol/sdk/server/mcp.js";
import * as types132 from "@modelcontextprotocol/sdk/types.js";
import * as server24 from "@modelcontextprotocol/server";
import { Server as Server111 } from "sdk-1-11/server/index.js";
import { McpServer as McpServer111 } from "sdk-1-11/server/mcp.js";
import * as types111 from "sdk-1-11/types.js";
import { Server as Server120 } from "sdk-1-20/server/index.js";
import { McpServer as McpServer120 } from "sdk-1-20/server/mcp.js";
import * as types120 from "sdk-1-20/types.js";
import { Server as Server126 } from "sdk-1-26/server/index.js";
import { McpServer as McpServer126 } from "sdk-1-26/server/mcp.js";
import * as types126 from "sdk-1-26/types.js";
import * as server20 from "server-2-0";
import { z as zod4 } from "zod";
import { z as zod3 } from "zod-3";

/** A server of any SDK version, as loosely typed as the client under test sees it. */
// biome-ignore lint/suspicious/noExplicitAny: five incompatible SDK typings behind one name
export type AnyServer = any;
// biome-ignore lint/suspicious/noExplicitAny: the same for their values
export type Any = any;

export interface Sdk {
  readonly name: string;
  readonly major: 1 | 2;
  /** `registerTool` came with 1.13, output schemas too. */
  readonly hasRegisterTool: boolean;
  newServer(info?: { name: string; version: string }, options?: Any): AnyServer;
  /** A low-level server that has tools. */
  newLowLevel(): AnyServer;
  setHandler(low: AnyServer, method: "tools/call" | "tools/list", handler: (request: Any, ctx: Any) => unknown): void;
  register(server: AnyServer, name: string, tool: ToolSpec): Any;
  protocolError(code: number, message: string): Error;
  readonly z: Any;
}

export interface ToolSpec {
  /** Shape of the arguments; default: the tool takes none. */
  readonly input?: (z: Any) => Any;
  readonly output?: (z: Any) => Any;
  readonly run: (...args: Any[]) => unknown;
}

const INFO = { name: "test-server", version: "1.2.3" };
const TOOLS = { capabilities: { tools: {} } };

function v1(name: string, McpServer: Any, Server: Any, types: Any, z: Any, hasRegisterTool: boolean): Sdk {
  const schemas: Any = { "tools/call": types.CallToolRequestSchema, "tools/list": types.ListToolsRequestSchema };
  return {
    name,
    major: 1,
    hasRegisterTool,
    z,
    newServer: (info = INFO, options) => new McpServer(info, options),
    newLowLevel: () => new Server(INFO, TOOLS),
    setHandler: (low, method, handler) => low.setRequestHandler(schemas[method], handler),
    register(server, toolName, { input, output, run }) {
      if (!hasRegisterTool) return input ? server.tool(toolName, input(z), run) : server.tool(toolName, run);
      const config = { ...(input && { inputSchema: input(z) }), ...(output && { outputSchema: output(z) }) };
      return server.registerTool(toolName, config, run);
    },
    protocolError: (code, message) => new types.McpError(code, message),
  };
}

function v2(name: string, { McpServer, Server, ProtocolError }: Any): Sdk {
  return {
    name,
    major: 2,
    hasRegisterTool: true,
    z: zod4,
    newServer: (info = INFO, options) => new McpServer(info, options),
    newLowLevel: () => new Server(INFO, TOOLS),
    setHandler: (low, method, handler) => low.setRequestHandler(method, handler),
    register(server, toolName, { input, output, run }) {
      const inputSchema = input && zod4.object(input(zod4));
      const outputSchema = output && zod4.object(output(zod4));
      return server.registerTool(toolName, { ...(input && { inputSchema }), ...(output && { outputSchema }) }, run);
    },
    protocolError: (code, message) => new ProtocolError(code, message),
  };
}

/** Every SDK version that is held to the same outcomes. */
export const SDKS: readonly Sdk[] = [
  v1("v1 1.11.0", McpServer111, Server111, types111, zod3, false),
  v1("v1 1.20.0", McpServer120, Server120, types120, zod3, true),
  v1("v1 1.26.0", McpServer126, Server126, types126, zod4, true),
  v1("v1 latest", McpServer132, Server132, types132, zod4, true),
  v2("v2 2.0.0", server20),
  v2("v2 latest", server24),
];
