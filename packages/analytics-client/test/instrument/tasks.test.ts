import { InMemoryTaskStore } from "@modelcontextprotocol/sdk/experimental/tasks/stores/in-memory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { expect, test } from "vitest";
import { z } from "zod";
import { instrument } from "../../src/instrument/instrument.ts";
import { createHarness } from "../support/harness.ts";
import type { Any } from "../support/sdks.ts";
import { connect } from "../support/wire.ts";

/** A server of SDK v1 with one tool that runs as a task and ends when told to. */
async function start(taskSupport: "required" | "optional") {
  const harness = createHarness();
  const taskStore = new InMemoryTaskStore();
  const server = new McpServer(
    { name: "tasks", version: "1.0.0" },
    { capabilities: { tools: {}, tasks: { requests: { tools: { call: {} } } } }, taskStore },
  );
  instrument(server, harness.analytics);
  let finish = async (_result: Any): Promise<void> => {};
  server.experimental.tasks.registerToolTask("long", { inputSchema: { n: z.number() }, execution: { taskSupport } }, {
    async createTask(_args: Any, extra: Any) {
      const task = await extra.taskStore.createTask({ ttl: 60_000, pollInterval: 1 });
      finish = (result) =>
        extra.taskStore.storeTaskResult(task.taskId, result.isError ? "failed" : "completed", result);
      return { task };
    },
    getTask: async (_args: Any, extra: Any) => extra.taskStore.getTask(extra.taskId),
    getTaskResult: async (_args: Any, extra: Any) => extra.taskStore.getTaskResult(extra.taskId),
  } as Any);
  const wire = await connect(server);
  return { ...harness, wire, finish: (result: Any) => finish(result) };
}

const asTask = (n: unknown) => ({ name: "long", arguments: { n }, task: { ttl: 60_000 } });

test.each([
  [{ content: [] }, { tool: "long", success: true }],
  [
    { content: [], isError: true },
    { tool: "long", success: false, errorType: "UNKNOWN" },
  ],
])("the result of a task is what counts, once", async (result, event) => {
  const { wire, finish, events, clock } = await start("required");
  const created = await wire.request("tools/call", asTask(1));
  await clock.settle();
  expect(await events()).toEqual([]);
  await finish(result);
  const { taskId } = created.result.task;
  await wire.request("tasks/result", { taskId });
  await wire.request("tasks/result", { taskId });
  expect(await events()).toEqual([{ ...event, timestamp: expect.any(Number) }]);
});

test("arguments that fail make no task", async () => {
  const { wire, events } = await start("required");
  await wire.request("tools/call", asTask("one"));
  expect(await events()).toMatchObject([{ tool: "long", success: false, errorType: "INVALID_INPUT" }]);
});

test("a call without a task, where one is required, is a protocol error", async () => {
  const { wire, events } = await start("required");
  await wire.call("long", { n: 1 });
  expect(await events()).toMatchObject([{ tool: "long", success: false, errorType: "PROTOCOL_ERROR" }]);
});

test("a result that nobody asked for through us changes nothing", async () => {
  const { wire, events } = await start("required");
  await wire.request("tasks/result", { taskId: "unknown" });
  expect(await events()).toEqual([]);
});
