import { OUTCOME_ERROR_TYPES, UNKNOWN_TOOL_NAME } from "@org/mcp-analytics-schema/constants";
import type { Sink } from "../sink.ts";
import { wireToolName } from "../tool-name.ts";
import { type Call, keyOf, runningCalls } from "./call.ts";
import type { OnEnd } from "./observe.ts";
import { createOriginOf } from "./origin-of.ts";
import { classify } from "./outcome.ts";
import type { BeginRequest, ServerShape } from "./shapes.ts";
import { rememberTask } from "./tasks.ts";
import type { LearnedNames } from "./tool-names.ts";
import { watchTool } from "./watch-tool.ts";

const fixedErrorTypes: Readonly<Record<string, string>> = OUTCOME_ERROR_TYPES;

/** Follows the calls of a server; the end of one makes at most one event. */
export function observeCalls({ low, tools }: ServerShape, learned: LearnedNames, sink: Sink): BeginRequest {
  const originOf = sink.timed ? createOriginOf(low) : undefined;

  return (request, context) => {
    const { name, task } = Object(Object(request).params);
    const tool = typeof name === "string" && Object.hasOwn(tools, name) ? tools[name] : undefined;
    const listed = learned.names.has(name);
    const key = keyOf(context);
    const call: Call = {
      name,
      tool,
      // By the registry, or where there is none by what was listed, or where nothing was listed yet not at all.
      missing: !tool && ((learned.complete && !listed) || !!Object.keys(tools).length),
      watched: !!tool && watchTool(tool),
      taskRequested: !!task,
      signal: Object(key).signal ?? key,
      run: undefined,
      noted: undefined,
    };
    runningCalls.set(key, call);
    const origin = originOf?.(request, context);
    const startedAt = originOf && performance.now();

    const end: OnEnd = (threw, value) => {
      runningCalls.delete(key);
      const outcome = classify(call, threw, value);
      if (!outcome) return;
      if (outcome === "task_created") {
        rememberTask(Object(value).task.taskId, end);
        return;
      }
      sink.capture(
        // The name of a tool that the server has. What else was asked for may be anything, and is not sent.
        (tool || listed) && outcome !== "unknown_tool" ? wireToolName(name) : UNKNOWN_TOOL_NAME,
        outcome === "ok" ? undefined : (fixedErrorTypes[outcome] ?? sink.categorize(errorBehind(call, threw && value))),
        startedAt && performance.now() - startedAt,
        origin,
      );
    };
    return end;
  };
}

/** What the tool noted or threw, else what its handler threw: an error that passes the SDK may have lost its class on the way. */
function errorBehind({ noted, run }: Call, thrown: unknown): unknown {
  return noted ?? (run?.threw ? run.value : thrown);
}
