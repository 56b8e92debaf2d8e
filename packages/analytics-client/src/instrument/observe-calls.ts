import { type CallOutcome, OUTCOME_ERROR_TYPES, UNKNOWN_TOOL_NAME } from "@org/mcp-analytics-schema/constants";
import { UNKNOWN } from "../errors/error-types.ts";
import type { Sink } from "../sink.ts";
import { wireToolName } from "../tool-name.ts";
import { type CallRecord, openRecord } from "./call-record.ts";
import { createOriginOf } from "./origin-of.ts";
import { type CallFacts, classify, type Ending } from "./outcome.ts";
import type { Handler, ServerShape } from "./shapes.ts";
import type { LearnedNames } from "./tool-names.ts";
import { observe, watchTool } from "./watch-tool.ts";

/** Wraps the `tools/call` handler of a server: every call through it ends in at most one event. */
export function observeCalls(
  { low, tools }: ServerShape,
  learned: LearnedNames,
  sink: Sink,
): (handler: Handler) => Handler {
  const originOf = sink.level === "standard" ? createOriginOf(low) : undefined;

  /** Whether the server would find a tool by that name; undefined where nobody has listed them yet. */
  function isRegistered(name: string): boolean | undefined {
    if (tools && Object.hasOwn(tools, name)) return true;
    if (tools && Object.keys(tools).length > 0) return false;
    return learned.names.has(name) || (learned.complete ? false : undefined);
  }

  /** The name of a tool that the server has, in wire form. What else was asked for may be anything, and is not sent. */
  function sendableName(name: unknown, outcome: CallOutcome): string {
    const known =
      typeof name === "string" && outcome !== "unknown_tool" && (isRegistered(name) || learned.names.has(name));
    return known ? wireToolName(name) : UNKNOWN_TOOL_NAME;
  }

  function begin(request: unknown, context: unknown): (ending: Ending) => void {
    const { name, task } = Object(Object(request).params);
    const { signal = Object(Object(context).mcpReq).signal } = Object(context);
    const named = typeof name === "string";
    const tool = named && tools && Object.hasOwn(tools, name) ? tools[name] : undefined;
    const watched = tool !== undefined && watchTool(tool);
    const disabled = tool?.enabled === false;
    const record = openRecord(context);
    const origin = originOf?.(request, context);
    const startedAt = originOf ? performance.now() : 0;
    return (ending) => {
      const facts: CallFacts = {
        named,
        registered: named ? isRegistered(name) : undefined,
        disabled,
        watched,
        task: typeof tool?.handler === "object",
        taskRequested: task !== undefined,
        record,
        signal,
      };
      const outcome = classify(facts, ending);
      const errorType = errorTypeOf(outcome, record, ending, sink);
      if (errorType === PENDING) return;
      const durationMs = originOf ? performance.now() - startedAt : -1;
      sink.capture(sendableName(name, outcome), errorType, durationMs, origin);
    };
  }

  return (handler) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const end = guard(() => begin(args[0], args[1]));
      if (!end) return handler.apply(this, args);
      return observe(
        () => handler.apply(this, args),
        (result) => guard(() => end({ threw: false, result })),
        (error) => guard(() => end({ threw: true, error })),
      );
    };
}

const PENDING = Symbol("pending");

/** What goes on the wire for an outcome; undefined for success. */
function errorTypeOf(outcome: CallOutcome, record: CallRecord, ending: Ending, sink: Sink) {
  switch (outcome) {
    case "ok":
      return undefined;
    case "input_required":
    case "elicitation_required":
    case "task_created":
      return PENDING;
    case "tool_error":
      return record.error === undefined ? UNKNOWN : sink.categorize(record.error);
    case "exception":
      return sink.categorize(record.error ?? (ending.threw ? ending.error : undefined));
    default:
      return OUTCOME_ERROR_TYPES[outcome];
  }
}

/** Analytics never breaks its host: a fault of ours, or of an object that we look at, ends here. */
function guard<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
