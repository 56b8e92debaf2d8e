import type { CallOutcome } from "@org/mcp-analytics-schema/constants";
import type { Call } from "./call.ts";
import { isErrorResult } from "./watch-tool.ts";

/** JSON-RPC and MCP codes that say something about a call. */
const INVALID_PARAMS = -32602;
const URL_ELICITATION_REQUIRED = -32042;
const REQUEST_TIMEOUT = -32001;

/**
 * Classifies a call by registry, dispatch and codes; never by the wording of a message.
 *
 * @param threw whether the `tools/call` handler threw
 * @param ending what it threw or returned
 */
export function classify(call: Call, threw: boolean, ending: unknown): CallOutcome {
  const { signal, tool } = call;
  if (signal?.aborted) return isTimeout(signal.reason) ? "timeout" : "cancelled";
  if (threw && Object(ending).code === URL_ELICITATION_REQUIRED) return "elicitation_required";
  if (!threw && !isErrorResult(ending)) {
    if (Object(ending).resultType === "input_required") return "input_required";
    return call.taskRequested && Object(ending).task ? "task_created" : "ok";
  }
  if (typeof call.name !== "string") return "protocol_error";
  if (call.missing) return "unknown_tool";
  if (tool?.enabled === false) return "disabled_tool";
  return classifyFailure(call, threw, ending);
}

/** Of a tool that exists and may run. */
function classifyFailure(call: Call, threw: boolean, ending: unknown): CallOutcome {
  const { watched, progress } = call;
  const paramsRefused = threw && Object(ending).code === INVALID_PARAMS;
  if (progress === "threw" || (threw && !watched)) {
    if (isTimeout(call.error ?? ending)) return "timeout";
    // A low-level server checks its arguments itself and says so by the code.
    return !watched && paramsRefused ? "invalid_arguments" : "exception";
  }
  // A task's answer comes from its store, so a failed one is the tool's own.
  const isTask = typeof call.tool?.handler === "object";
  if (!watched || progress === "returned_error" || (isTask && progress === "returned")) return "tool_error";
  // The SDK refused something around the tool's own code: after it, the output.
  if (progress !== "waiting") return "invalid_output";
  // Before it, the arguments, or the request itself.
  return (!threw || paramsRefused) && (!isTask || call.taskRequested) ? "invalid_arguments" : "protocol_error";
}

function isTimeout(error: unknown): boolean {
  return Object(error).name === "TimeoutError" || Object(error).code === REQUEST_TIMEOUT;
}
