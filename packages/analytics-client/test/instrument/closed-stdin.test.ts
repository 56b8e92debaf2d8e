import { PassThrough } from "node:stream";
import { StdioServerTransport as StdioV1 } from "@modelcontextprotocol/sdk/server/stdio.js";
import { StdioServerTransport as StdioV2 } from "@modelcontextprotocol/server/stdio";
import { StdioServerTransport as Stdio111 } from "sdk-1-11/server/stdio.js";
import { expect, test } from "vitest";
import { instrument } from "../../src/instrument/instrument.ts";
import { createHarness } from "../support/harness.ts";
import { type Any, SDKS } from "../support/sdks.ts";

const HELLO = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "test", version: "1.0.0" } };

test.each<[string, Any]>([
  ["v1 1.11.0", Stdio111],
  ["v1 latest", StdioV1],
  ["v2 latest", StdioV2],
])("%s: a client that closes the server's stdin has what waits sent at once", async (name, StdioServerTransport) => {
  const { analytics, clock, transport } = createHarness();
  const sdk = SDKS.find((entry) => entry.name === name);
  const server = instrument(sdk?.newServer(), analytics);
  sdk?.register(server, "plain", { run: () => ({ content: [] }) });
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  let answered = "";
  stdout.on("data", (text) => {
    answered += text;
  });
  await server.connect(new StdioServerTransport(stdin, stdout));
  const say = async (message: object): Promise<void> => {
    stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    await clock.settle();
  };
  await say({ id: 1, method: "initialize", params: HELLO });
  await say({ method: "notifications/initialized" });
  await say({ id: 2, method: "tools/call", params: { name: "plain", arguments: {} } });
  expect(answered).toContain('"id":2');
  expect(transport.sent).toHaveLength(0);
  stdin.end();
  await clock.settle();
  expect(transport.sent.flatMap(({ json }) => json.events)).toMatchObject([{ tool: "plain", success: true }]);
});
