import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type CallerRules, refusalOf } from "./check-caller.ts";
import type { McpSessions } from "./mcp-sessions.ts";

export const MCP_PATH = "/mcp";
/** Larger requests than any tool call is. */
const MAX_REQUEST_BYTES = 256 * 1024;

/** Streamable HTTP on `/mcp`, not yet listening. Nothing about a request is logged. */
export function createHttpServer(sessions: McpSessions, rules: CallerRules): Server {
  return createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    handle(request, response, sessions, rules).catch(() => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, -32603, "Internal error");
    });
  });
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  sessions: McpSessions,
  rules: CallerRules,
): Promise<void> {
  const refusal = refusalOf(request.headers, rules);
  if (refusal) return refuse(response, 403, -32000, refusal);
  if (request.url?.split("?")[0] !== MCP_PATH) return refuse(response, 404, -32000, "Not found");
  const id = request.headers["mcp-session-id"];
  if (request.method === "POST") {
    const body = await readBody(request);
    if (body === undefined) return refuse(response, 413, -32000, "Request too large");
    const message = parse(body);
    if (message === undefined) return refuse(response, 400, -32700, "Parse error");
    const transport = typeof id === "string" ? sessions.find(id) : await sessions.open();
    if (!transport) return refuse(response, 404, -32001, "Session not found");
    return transport.handleRequest(request, response, message);
  }
  if (request.method !== "GET" && request.method !== "DELETE") {
    response.setHeader("allow", "GET, POST, DELETE");
    return refuse(response, 405, -32000, "Method not allowed");
  }
  const transport = typeof id === "string" ? sessions.find(id) : undefined;
  if (!transport) return refuse(response, typeof id === "string" ? 404 : 400, -32001, "Session not found");
  return transport.handleRequest(request, response);
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MAX_REQUEST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, status: number, code: number, message: string): void {
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify({ jsonrpc: "2.0", error: { code, message }, id: null }));
}
