import { describe, expect, test } from "vitest";
import { instrument } from "../../src/instrument/instrument.ts";
import { createHarness } from "../support/harness.ts";
import { type Any, type AnyServer, SDKS, type Sdk } from "../support/sdks.ts";
import { connect } from "../support/wire.ts";

const SECRET = "what-the-user-typed";
const answers: Record<string, (sdk: Sdk) => unknown> = {
  good: () => ({ content: [] }),
  bad: () => ({ content: [], isError: true }),
  picky: (sdk) => {
    throw sdk.protocolError(-32602, "n is missing");
  },
  broken: () => {
    throw Object.assign(new Error("no token"), { statusCode: 401 });
  },
};

// Names are learned per server name and for the whole process, so each test brings its own.
let serial = 0;

function build(sdk: Sdk, low = sdk.newLowLevel()): AnyServer {
  sdk.setHandler(low, "tools/list", () => ({
    tools: Object.keys(answers).map((name) => ({ name, inputSchema: { type: "object" } })),
  }));
  sdk.setHandler(low, "tools/call", ({ params }: Any) => {
    const answer = answers[params.name];
    if (!answer) throw sdk.protocolError(-32602, `Unknown tool ${params.name}`);
    return answer(sdk);
  });
  return low;
}

describe.each(SDKS)("$name, low-level server", (sdk) => {
  test("after a list, calls are told apart by name and outcome", async () => {
    const { analytics, events } = createHarness();
    const low = build(sdk);
    low._serverInfo.name = `low-level-${serial++}`;
    const wire = await connect(instrument(low, analytics));
    await wire.request("tools/list", {});
    for (const name of [...Object.keys(answers), SECRET]) await wire.call(name);
    expect(await events()).toMatchObject([
      { tool: "good", success: true },
      { tool: "bad", success: false, errorType: "UNKNOWN" },
      { tool: "picky", success: false, errorType: "INVALID_INPUT" },
      { tool: "broken", success: false, errorType: "MISSING_TOKEN" },
      { tool: "__unknown__", success: false, errorType: "UNKNOWN_TOOL" },
    ]);
  });

  test("before any list, no name is sent", async () => {
    const { analytics, events } = createHarness();
    const low = sdk.newLowLevel();
    low._serverInfo.name = `low-level-${serial++}`;
    const wire = await connect(build(sdk, instrument(low, analytics)));
    await wire.call("good");
    await wire.call("broken");
    expect(await events()).toMatchObject([
      { tool: "__unknown__", success: true },
      { tool: "__unknown__", success: false, errorType: "MISSING_TOKEN" },
    ]);
  });

  test("names learned by one server of a process serve the next of the same name", async () => {
    const { analytics, events } = createHarness();
    const name = `low-level-${serial++}`;
    const one = build(sdk);
    const two = build(sdk);
    one._serverInfo.name = two._serverInfo.name = name;
    await (await connect(instrument(one, analytics))).request("tools/list", {});
    await (await connect(instrument(two, analytics))).call("good");
    expect(await events()).toMatchObject([{ tool: "good", success: true }]);
  });

  test("half a list does not make the other half unknown", async () => {
    const { analytics, events } = createHarness();
    const low = build(sdk);
    sdk.setHandler(low, "tools/list", () => ({
      tools: [{ name: "good", inputSchema: { type: "object" } }],
      nextCursor: "more",
    }));
    low._serverInfo.name = `low-level-${serial++}`;
    const wire = await connect(instrument(low, analytics));
    await wire.request("tools/list", {});
    await wire.call("broken");
    expect(await events()).toMatchObject([{ tool: "__unknown__", success: false, errorType: "MISSING_TOKEN" }]);
  });
});
