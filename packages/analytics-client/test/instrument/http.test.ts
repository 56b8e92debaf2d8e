import { randomUUID } from "node:crypto";
import { createServer, type Server as HttpServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { createMcpHandler, inputRequired, McpServer as McpServerV2 } from "@modelcontextprotocol/server";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { instrument } from "../../src/instrument/instrument.ts";
import { createHarness } from "../support/harness.ts";
import type { Any } from "../support/sdks.ts";

const servers: HttpServer[] = [];

async function listen(listener: RequestListener): Promise<URL> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

const SECRETS = { authorization: "Bearer secret-token", "x-forwarded-for": "203.0.113.7", cookie: "sid=secret" };

function buildV1(analytics: Any): McpServer {
  const server = instrument(new McpServer({ name: "http", version: "1.0.0" }), analytics);
  server.registerTool("echo", { inputSchema: { text: z.string() } }, ({ text }) => ({
    content: [{ type: "text", text }],
  }));
  return server;
}

describe("SDK v1 over HTTP", () => {
  async function converse(url: URL, name: string): Promise<void> {
    const client = new Client({ name, version: "1.0.0" });
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers: SECRETS } }) as Any);
    for (let i = 0; i < 3; i++) await client.callTool({ name: "echo", arguments: { text: "secret" } });
    await client.callTool({ name: "no-such-tool", arguments: {} });
    await client.close();
  }

  test("stateless: a server per request", async () => {
    const harness = createHarness({ ANALYTICS_LEVEL: "standard" });
    const url = await listen(async (request, response) => {
      const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined } as Any);
      response.on("close", () => transport.close());
      await buildV1(harness.analytics).connect(transport as Any);
      await transport.handleRequest(request, response);
    });
    await converse(url, "cursor");
    const sent = await harness.events();
    // Nobody told the servers of later requests who the client is, and nothing is guessed.
    expect(sent.map(({ tool }) => tool)).toEqual(["echo", "echo", "echo", "__unknown__"]);
    expect(harness.transport.sent).toHaveLength(1);
    expect(harness.transport.sent[0]?.json.server).toEqual({ name: "http", version: "1.0.0" });
    expect(JSON.stringify(harness.transport.sent)).not.toMatch(/secret|203\.0/);
  });

  test("stateful: a server per session", async () => {
    const harness = createHarness({ ANALYTICS_LEVEL: "standard" });
    const sessions = new Map<string, StreamableHTTPServerTransport>();
    const url = await listen(async (request, response) => {
      let transport = sessions.get(String(request.headers["mcp-session-id"]));
      if (!transport) {
        const created: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
          sessionIdGenerator: randomUUID,
          onsessioninitialized: (id) => void sessions.set(id, created),
        });
        transport = created;
        await buildV1(harness.analytics).connect(created as Any);
      }
      await transport.handleRequest(request, response);
    });
    await converse(url, "claude-code");
    const sent = await harness.events();
    expect(sent.map(({ tool }) => tool)).toEqual(["echo", "echo", "echo", "__unknown__"]);
    expect(harness.transport.sent.map(({ json }) => json.client)).toEqual(["claude-code"]);
    expect(JSON.stringify(harness.transport.sent)).not.toMatch(/secret|203\.0/);
  });
});

describe("SDK v2 over HTTP", () => {
  async function start(harness: ReturnType<typeof createHarness>, register: (server: McpServerV2) => void) {
    const handler = createMcpHandler(() => {
      const server = instrument(new McpServerV2({ name: "http", version: "2.0.0" }), harness.analytics);
      register(server);
      return server;
    });
    const fetch = (input: Any, init: Any): Promise<Response> => handler.fetch(new Request(input, init));
    return { handler, transport: new TransportV2(new URL("http://127.0.0.1/mcp"), { fetch } as Any) };
  }

  test.each(["legacy", "auto"] as const)("createMcpHandler, a client in mode %s", async (mode) => {
    const harness = createHarness({ ANALYTICS_LEVEL: "standard" });
    const { handler, transport } = await start(harness, (server) => {
      server.registerTool("echo", { inputSchema: z.object({ text: z.string() }) }, ({ text }) => ({
        content: [{ type: "text", text }],
      }));
    });
    const client = new ClientV2({ name: "zed", version: "1.0.0" }, { versionNegotiation: { mode } } as Any);
    await client.connect(transport);
    for (let i = 0; i < 3; i++) await client.callTool({ name: "echo", arguments: { text: "secret" } });
    await client.callTool({ name: "echo", arguments: { text: 7 } }).catch(() => {});
    await client.callTool({ name: "secret-tool", arguments: {} }).catch(() => {});
    const sent = await harness.events();
    expect(sent.map(({ tool, errorType }) => `${tool} ${errorType ?? "ok"}`)).toEqual([
      "echo ok",
      "echo ok",
      "echo ok",
      "echo INVALID_INPUT",
      "__unknown__ UNKNOWN_TOOL",
    ]);
    expect(harness.transport.sent).toHaveLength(1);
    if (mode === "auto") expect(harness.transport.sent[0]?.json.client).toBe("zed");
    expect(JSON.stringify(harness.transport.sent)).not.toContain("secret");
    await client.close();
    await handler.close();
  });

  test("a call that first asks for input counts once, by its final answer", async () => {
    const harness = createHarness();
    let rounds = 0;
    const { handler, transport } = await start(harness, (server) => {
      server.registerTool("deploy", {}, ((ctx: Any) => {
        rounds++;
        if (ctx.mcpReq.inputResponses?.confirm) return { content: [{ type: "text", text: "deployed" }] };
        const requestedSchema = { type: "object", properties: { ok: { type: "boolean" } } };
        return inputRequired({
          inputRequests: { confirm: inputRequired.elicit({ message: "Sure?", requestedSchema } as Any) },
        });
      }) as Any);
    });
    const client = new ClientV2({ name: "zed", version: "1.0.0" }, {
      versionNegotiation: { mode: "auto" },
      capabilities: { elicitation: { form: {} } },
    } as Any);
    client.setRequestHandler("elicitation/create", async () => ({ action: "accept", content: { ok: true } }) as Any);
    await client.connect(transport);
    await client.callTool({ name: "deploy", arguments: {} });
    expect(rounds).toBe(2);
    expect(await harness.events()).toEqual([{ tool: "deploy", success: true, timestamp: expect.any(Number) }]);
    await client.close();
    await handler.close();
  });
});
