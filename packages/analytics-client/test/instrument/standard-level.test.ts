import { describe, expect, test } from "vitest";
import { clientName } from "../../src/instrument/client-name.ts";
import { instrument } from "../../src/instrument/instrument.ts";
import { createHarness } from "../support/harness.ts";
import { SDKS } from "../support/sdks.ts";
import { connect } from "../support/wire.ts";

const done = () => ({ content: [] });

describe.each(SDKS)("$name", (sdk) => {
  test("level standard adds duration, server and client", async () => {
    const { analytics, events, transport } = createHarness({ ANALYTICS_LEVEL: "standard" });
    const server = instrument(sdk.newServer({ name: "weather", version: "2.0.1" }), analytics);
    sdk.register(server, "plain", { run: done });
    const wire = await connect(server, { clientInfo: { name: "claude-code", version: "9" } });
    await wire.call("plain");
    expect(await events()).toEqual([
      { tool: "plain", success: true, timestamp: expect.any(Number), durationMs: expect.any(Number) },
    ]);
    expect(transport.sent[0]?.json).toMatchObject({
      server: { name: "weather", version: "2.0.1" },
      client: "claude-code",
    });
  });

  test("level minimal sends none of them", async () => {
    const { analytics, events, transport } = createHarness();
    const server = instrument(sdk.newServer(), analytics);
    sdk.register(server, "plain", { run: done });
    const wire = await connect(server, { clientInfo: { name: "claude-code", version: "9" } });
    await wire.call("plain");
    expect(await events()).toEqual([{ tool: "plain", success: true, timestamp: expect.any(Number) }]);
    expect(Object.keys(transport.sent[0]?.json ?? {}).sort()).toEqual(["batchId", "events", "sdk"]);
  });
});

test("a server whose name is outside the grammar is not named", async () => {
  const { analytics, events, transport } = createHarness({ ANALYTICS_LEVEL: "standard" });
  const sdk = SDKS.at(-1);
  if (!sdk) throw new Error("no SDK");
  const server = instrument(sdk.newServer({ name: "server of somebody@example.com", version: "1" }), analytics);
  sdk.register(server, "plain", { run: done });
  await (await connect(server)).call("plain");
  await events();
  expect(transport.sent[0]?.json).not.toHaveProperty("server");
});

test("a batch of several clients names none", async () => {
  const { analytics, events, transport } = createHarness({ ANALYTICS_LEVEL: "standard" });
  for (const name of ["claude-code", "cursor"]) {
    const sdk = SDKS.at(-1);
    if (!sdk) throw new Error("no SDK");
    const server = instrument(sdk.newServer(), analytics);
    sdk.register(server, "plain", { run: done });
    await (await connect(server, { clientInfo: { name, version: "1" } })).call("plain");
  }
  expect(await events()).toHaveLength(2);
  expect(transport.sent[0]?.json).not.toHaveProperty("client");
  expect(transport.sent[0]?.json).toHaveProperty("server");
});

test.each([
  ["claude-code", "claude-code"],
  ["claude-ai", "claude-desktop"],
  ["Visual Studio Code", "vscode"],
  ["Visual Studio Code - Insiders", "vscode"],
  ["cursor-vscode", "cursor"],
  ["codex-mcp-client", "codex"],
  ["gemini-cli-mcp-client", "gemini-cli"],
  ["github-copilot-developer", "copilot"],
  ["mcp-inspector", "inspector"],
  ["Zed", "zed"],
  ["Cline", "cline"],
  ["bob@example.com", "other"],
  ["", undefined],
  ["x".repeat(10_000), "other"],
  [undefined, undefined],
  [7, "other"],
])("a client that calls itself %j counts as %s", (reported, expected) => {
  expect(clientName(reported)).toBe(expected);
});
