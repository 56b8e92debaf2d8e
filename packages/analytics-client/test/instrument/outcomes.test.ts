import { describe, expect, test } from "vitest";
import { instrument } from "../../src/instrument/instrument.ts";
import { createHarness } from "../support/harness.ts";
import { type AnyServer, SDKS, type Sdk } from "../support/sdks.ts";
import { connect } from "../support/wire.ts";

const text = (value: string) => ({ content: [{ type: "text", text: value }] });

/** The same tools on every SDK version. */
function registerTools(sdk: Sdk, server: AnyServer): void {
  sdk.register(server, "echo", { input: (z) => ({ n: z.number() }), run: ({ n }) => text(String(n)) });
  sdk.register(server, "plain", { run: async () => text("done") });
  sdk.register(server, "refuses", { run: async () => ({ ...text("no"), isError: true }) });
  sdk.register(server, "throws", {
    run: async () => {
      throw Object.assign(new Error("quota"), { status: 429 });
    },
  });
  sdk.register(server, "throws_at_once", {
    run: () => {
      throw new TypeError("boom");
    },
  });
  sdk.register(server, "times_out", {
    run: async () => {
      throw new DOMException("too slow", "TimeoutError");
    },
  });
  sdk.register(server, "off", { run: async () => text("never") }).disable();
  if (sdk.hasRegisterTool) {
    sdk.register(server, "lies", {
      output: (z) => ({ n: z.number() }),
      run: async () => ({ ...text("x"), structuredContent: { n: "no number" } }),
    });
  }
}

const cases: readonly (readonly [string, string, unknown, { tool: string; success: boolean; errorType?: string }])[] = [
  ["ok", "echo", { n: 1 }, { tool: "echo", success: true }],
  ["ok without arguments", "plain", {}, { tool: "plain", success: true }],
  ["invalid_arguments", "echo", { n: "one" }, { tool: "echo", success: false, errorType: "INVALID_INPUT" }],
  ["tool_error", "refuses", {}, { tool: "refuses", success: false, errorType: "UNKNOWN" }],
  ["exception", "throws", {}, { tool: "throws", success: false, errorType: "RATE_LIMIT" }],
  ["exception, synchronous", "throws_at_once", {}, { tool: "throws_at_once", success: false, errorType: "UNKNOWN" }],
  ["timeout", "times_out", {}, { tool: "times_out", success: false, errorType: "TIMEOUT" }],
  ["disabled_tool", "off", {}, { tool: "off", success: false, errorType: "DISABLED_TOOL" }],
  ["unknown_tool", "no_such_tool", {}, { tool: "__unknown__", success: false, errorType: "UNKNOWN_TOOL" }],
  ["unknown_tool, inherited", "constructor", {}, { tool: "__unknown__", success: false, errorType: "UNKNOWN_TOOL" }],
  ["invalid_output", "lies", {}, { tool: "lies", success: false, errorType: "INVALID_OUTPUT" }],
];

describe.each(SDKS)("$name", (sdk) => {
  describe.each(["before", "after"] as const)("instrumented %s its tools are registered", (when) => {
    test.each(cases.filter(([, tool]) => tool !== "lies" || sdk.hasRegisterTool))(
      "%s",
      async (_name, tool, args, event) => {
        const { analytics, events } = createHarness();
        const server = sdk.newServer();
        if (when === "before") instrument(server, analytics);
        registerTools(sdk, server);
        if (when === "after") instrument(server, analytics);
        const wire = await connect(server);
        await wire.call(tool, args);
        const sent = await events();
        expect(sent).toEqual([{ ...event, timestamp: expect.any(Number) }]);
      },
    );
  });

  test("a call without a name is a protocol error", async () => {
    const { analytics, events } = createHarness();
    const server = instrument(sdk.newServer(), analytics);
    registerTools(sdk, server);
    const wire = await connect(server);
    await wire.request("tools/call", { arguments: {} });
    expect(await events()).toMatchObject([{ tool: "__unknown__", success: false, errorType: "PROTOCOL_ERROR" }]);
  });

  test("a cancelled call is cancelled, however its tool ends", async () => {
    const { analytics, events, clock } = createHarness();
    const server = instrument(sdk.newServer(), analytics);
    let finish = (): void => {};
    sdk.register(server, "slow", {
      run: () =>
        new Promise((resolve) => {
          finish = () => resolve(text("late"));
        }),
    });
    const wire = await connect(server);
    const { id } = wire.start("tools/call", { name: "slow", arguments: {} });
    await clock.settle();
    wire.notify("notifications/cancelled", { requestId: id, reason: "user" });
    await clock.settle();
    finish();
    await clock.settle();
    expect(await events()).toMatchObject([{ tool: "slow", success: false, errorType: "CANCELLED" }]);
  });

  test("a request for elicitation is not an end", async () => {
    const { analytics, events } = createHarness();
    const server = instrument(sdk.newServer(), analytics);
    sdk.register(server, "asks", {
      run: async () => {
        throw sdk.protocolError(-32042, "open a page first");
      },
    });
    const wire = await connect(server);
    await wire.call("asks");
    const sent = await events();
    // Before 1.23 the SDK knew no elicitation by URL and made a tool error of it.
    const isOld = sdk.name.includes("1.11") || sdk.name.includes("1.20");
    expect(sent.map(({ tool }) => tool)).toEqual(isOld ? ["asks"] : []);
  });

  test("the same server instrumented twice counts once", async () => {
    const { analytics, events } = createHarness();
    const server = sdk.newServer();
    expect(instrument(server, analytics)).toBe(server);
    registerTools(sdk, server);
    instrument(server, analytics);
    instrument(server.server, analytics);
    const wire = await connect(server);
    await wire.call("plain");
    expect(await events()).toHaveLength(1);
  });

  test("a callback replaced by update is still followed", async () => {
    const { analytics, events } = createHarness();
    const server = instrument(sdk.newServer(), analytics);
    const tool = sdk.register(server, "changes", { run: async () => text("first") });
    const wire = await connect(server);
    await wire.call("changes");
    tool.update({
      callback: async () => {
        throw Object.assign(new Error("gone"), { code: "ENOENT" });
      },
    });
    await wire.call("changes");
    expect(await events()).toMatchObject([{ success: true }, { success: false, errorType: "NOT_FOUND" }]);
  });

  test("a renamed tool is known by its new name only", async () => {
    const { analytics, events } = createHarness();
    const server = instrument(sdk.newServer(), analytics);
    sdk.register(server, "stays", { run: async () => text("here") });
    const tool = sdk.register(server, "before", { run: async () => text("here") });
    const wire = await connect(server);
    tool.update({ name: "after" });
    await wire.call("after");
    await wire.call("before");
    expect(await events()).toMatchObject([
      { tool: "after", success: true },
      { tool: "__unknown__", success: false },
    ]);
  });

  test("calls that overlap are told apart", async () => {
    const { analytics, events } = createHarness();
    const server = instrument(sdk.newServer(), analytics);
    registerTools(sdk, server);
    const wire = await connect(server);
    await Promise.all(["throws", "plain", "refuses", "echo", "plain"].map((name) => wire.call(name)));
    const summary = (await events()).map(({ tool, errorType }) => `${tool} ${errorType ?? "ok"}`).sort();
    expect(summary).toEqual(["echo INVALID_INPUT", "plain ok", "plain ok", "refuses UNKNOWN", "throws RATE_LIMIT"]);
  });
});
