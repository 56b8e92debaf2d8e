import type { CallOutcome } from "@org/mcp-analytics-schema/constants";
import type { CallRecord } from "./call-record.ts";
import { isErrorResult } from "./watch-tool.ts";

/** JSON-RPC and MCP codes that say something about a call. */
const INVALID_PARAMS = -32602;
const URL_ELICITATION_REQUIRED = -32042;
const REQUEST_TIMEOUT = -32001;

/** What is known about a call by the time it has ended. No text is among it. */
export interface CallFacts {
  /** Whether the request named a tool at all. */
  readonly named: boolean;
  /** Whether the server has that tool; undefined where a low-level server has not listed its tools yet. */
  readonly registered: boolean | undefined;
  readonly disabled: boolean;
  /** The tool's callback reports to the record. */
  readonly watched: boolean;
  /** The tool runs as a task. */
  readonly task: boolean;
  /** The request asked for a task. */
  readonly taskRequested: boolean;
  readonly record: CallRecord;
  readonly signal: { readonly aborted?: boolean; readonly reason?: unknown } | undefined;
}

/** How the `tools/call` handler ended. */
export type Ending =
  | { readonly threw: true; readonly error: unknown }
  | { readonly threw: false; readonly result: unknown };

/** Classifies a call by registry, dispatch and codes; never by the wording of a message. */
export function classify(facts: CallFacts, ending: Ending): CallOutcome {
  const { signal } = facts;
  if (signal?.aborted) return isTimeout(signal.reason) ? "timeout" : "cancelled";
  if (ending.threw && codeOf(ending.error) === URL_ELICITATION_REQUIRED) return "elicitation_required";
  if (!ending.threw && !isErrorResult(ending.result)) return classifyAnswer(Object(ending.result), facts);
  if (!facts.named) return "protocol_error";
  if (facts.registered === false) return "unknown_tool";
  if (facts.disabled) return "disabled_tool";
  return classifyFailure(facts, ending);
}

/** Of a tool that exists and may run. */
function classifyFailure(facts: CallFacts, ending: Ending): CallOutcome {
  const { watched, task, record } = facts;
  if (record.progress === "threw") return classifyThrown(facts, record.error);
  if (!watched) return ending.threw ? classifyThrown(facts, ending.error) : "tool_error";
  // A task's answer comes from its store, so a failed one is the tool's own.
  if (record.progress === "returned_error" || (task && record.progress === "returned")) return "tool_error";
  // The SDK refused something around the tool's own code: after it, the output.
  if (record.progress !== "waiting") return "invalid_output";
  // Before it, the arguments, or the request itself.
  const argumentsRefused = !ending.threw || codeOf(ending.error) === INVALID_PARAMS;
  return argumentsRefused && (!task || facts.taskRequested) ? "invalid_arguments" : "protocol_error";
}

function classifyAnswer(result: Record<string, unknown>, facts: CallFacts): CallOutcome {
  if (result.resultType === "input_required") return "input_required";
  if (facts.taskRequested && typeof result.task === "object") return "task_created";
  return "ok";
}

function classifyThrown(facts: CallFacts, error: unknown): CallOutcome {
  if (isTimeout(error)) return "timeout";
  // A low-level server checks its arguments itself and says so by the code.
  return !facts.watched && codeOf(error) === INVALID_PARAMS ? "invalid_arguments" : "exception";
}

function isTimeout(error: unknown): boolean {
  try {
    return Object(error).name === "TimeoutError" || codeOf(error) === REQUEST_TIMEOUT;
  } catch {
    return false;
  }
}

function codeOf(error: unknown): unknown {
  try {
    return Object(error).code;
  } catch {
    // A getter of the tool's own error.
    return undefined;
  }
}
