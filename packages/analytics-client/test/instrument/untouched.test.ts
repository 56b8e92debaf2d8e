import { describe, expect, test } from "vitest";
import { instrument } from "../../src/instrument/instrument.ts";
import { createHarness } from "../support/harness.ts";
import { type Any, type AnyServer, SDKS, type Sdk } from "../support/sdks.ts";
import { connect } from "../support/wire.ts";

const text = (value: string) => ({ content: [{ type: "text", text: value }], _meta: { note: "kept" } });

function build(sdk: Sdk, seen: unknown[] = []): AnyServer {
  const server = sdk.newServer();
  sdk.register(server, "echo", {
    input: (z) => ({ n: z.number().describe("a number") }),
    run: (args, ctx) => {
      seen.push({ args, keys: Object.keys(ctx).sort() });
      return text(String(args.n));
    },
  });
  sdk.register(server, "plain", {
    run: (ctx) => {
      seen.push({ keys: Object.keys(ctx).sort() });
      return text("done");
    },
  });
  sdk.register(server, "throws", {
    run: () => {
      throw new Error("the very message");
    },
  });
  return server;
}

/** A whole conversation, as the client sees it. */
async function converse(server: AnyServer): Promise<string[]> {
  const wire = await connect(server);
  await wire.request("tools/list");
  for (const name of ["echo", "plain", "throws", "nope"]) await wire.call(name, { n: 7 });
  await wire.call("echo", { n: "seven" });
  await wire.request("tools/call", {});
  await wire.request("ping");
  return wire.received;
}

describe.each(SDKS)("$name", (sdk) => {
  test("every byte to the client is the same as without analytics", async () => {
    const { analytics } = createHarness({ ANALYTICS_LEVEL: "standard" });
    expect(await converse(instrument(build(sdk), analytics))).toEqual(await converse(build(sdk)));
  });

  test("a tool gets the same arguments and the same kind of context", async () => {
    const { analytics } = createHarness();
    const bare: unknown[] = [];
    const instrumented: unknown[] = [];
    await converse(build(sdk, bare));
    await converse(instrument(build(sdk, instrumented), analytics));
    expect(instrumented).toEqual(bare);
  });

  test("the object that a low-level handler returns or throws passes through as it is", async () => {
    const { analytics } = createHarness();
    const low = instrument(sdk.newLowLevel(), analytics);
    const answer = { tools: [], nextCursor: "page-2", _meta: { extra: true } };
    let receiver: unknown;
    sdk.setHandler(low, "tools/list", function (this: unknown) {
      receiver = this;
      return answer;
    } as Any);
    const wire = await connect(low);
    const { result } = await wire.request("tools/list", {});
    expect(result).toMatchObject({ tools: [], nextCursor: "page-2" });
    expect(receiver).toBeUndefined();
  });

  test("progress reaches the client", async () => {
    const { analytics } = createHarness();
    const server = instrument(sdk.newServer(), analytics);
    const notification = { method: "notifications/progress", params: { progressToken: "t", progress: 1 } };
    sdk.register(server, "works", {
      run: async (ctx) => {
        await (sdk.major === 1 ? ctx.sendNotification(notification) : ctx.mcpReq.notify(notification));
        return text("done");
      },
    });
    const wire = await connect(server);
    await wire.request("tools/call", { name: "works", arguments: {}, _meta: { progressToken: "t" } });
    expect(wire.received.some((line) => line.includes("notifications/progress"))).toBe(true);
  });

  test("a tool that sees its cancellation sees it as before", async () => {
    const { analytics, clock } = createHarness();
    const server = instrument(sdk.newServer(), analytics);
    let signal: AbortSignal | undefined;
    sdk.register(server, "waits", {
      run: (ctx) => {
        signal = sdk.major === 1 ? ctx.signal : ctx.mcpReq.signal;
        return new Promise(() => {});
      },
    });
    const wire = await connect(server);
    const { id } = wire.start("tools/call", { name: "waits", arguments: {} });
    await clock.settle();
    wire.notify("notifications/cancelled", { requestId: id });
    await clock.settle();
    expect(signal?.aborted).toBe(true);
  });

  test("a server stays as it is while analytics is off", async () => {
    const { analytics } = createHarness({ DO_NOT_TRACK: "1" });
    const server = build(sdk);
    const before = { ...server, low: { ...server.server }, handlers: [...server.server._requestHandlers] };
    instrument(server, analytics);
    expect({ ...server, low: { ...server.server }, handlers: [...server.server._requestHandlers] }).toEqual(before);
  });
});

test.each([
  ["nothing", undefined],
  ["null", null],
  ["a string", "server"],
  ["an empty object", {}],
  ["a function", () => {}],
  ["an object of another make", { server: { setRequestHandler: 1 } }],
])("%s instead of a server: one line, no throw", (_name, value) => {
  const { analytics, notices } = createHarness();
  expect(instrument(value, analytics)).toBe(value);
  expect(notices).toHaveLength(1);
});

test("a frozen server is left alone", () => {
  const { analytics } = createHarness();
  const low = Object.freeze({ _requestHandlers: new Map(), setRequestHandler: () => {} });
  expect(() => instrument(low, analytics)).not.toThrow();
});
