import type { CallOutcome } from "@org/mcp-analytics-schema/constants";
import type { Call } from "./call.ts";

/** JSON-RPC and MCP codes that say something about a call. */
const INVALID_PARAMS = -32602;
const URL_ELICITATION_REQUIRED = -32042;
const REQUEST_TIMEOUT = -32001;

/**
 * Classifies a call by registry, dispatch and codes; never by the wording of a message.
 *
 * @param threw whether the `tools/call` handler threw
 * @param value what it threw or returned
 */
export function classify(call: Call, threw: boolean, value: unknown): CallOutcome {
  const { signal } = call;
  if (signal?.aborted) return isTimeout(signal.reason) ? "timeout" : "cancelled";
  if (threw && Object(value).code === URL_ELICITATION_REQUIRED) return "elicitation_required";
  if (!threw && !isErrorResult(value)) {
    if (Object(value).resultType === "input_required") return "input_required";
    return call.taskRequested && Object(value).task ? "task_created" : "ok";
  }
  if (typeof call.name !== "string") return "protocol_error";
  if (call.missing) return "unknown_tool";
  return call.tool?.enabled === false ? "disabled_tool" : classifyFailure(call, threw, value);
}

/** Of a tool that exists and may run. */
function classifyFailure(call: Call, threw: boolean, value: unknown): CallOutcome {
  const { watched, run } = call;
  const paramsRefused = threw && Object(value).code === INVALID_PARAMS;
  if (run?.threw) return isTimeout(run.value) ? "timeout" : "exception";
  if (threw && !watched) {
    if (isTimeout(value)) return "timeout";
    // A low-level server checks its arguments itself and says so by the code.
    return paramsRefused ? "invalid_arguments" : "exception";
  }
  // A task's answer comes from its store, so a failed one is the tool's own.
  const isTask = typeof call.tool?.handler === "object";
  if (!watched || (run && (isTask || isErrorResult(run.value)))) return "tool_error";
  // The SDK refused something around the tool's own code: after it, the output.
  if (run) return "invalid_output";
  // Before it, the arguments, or the request itself.
  return (!threw || paramsRefused) && (!isTask || call.taskRequested) ? "invalid_arguments" : "protocol_error";
}

function isErrorResult(result: unknown): boolean {
  return Object(result).isError === true;
}

function isTimeout(error: unknown): boolean {
  return Object(error).name === "TimeoutError" || Object(error).code === REQUEST_TIMEOUT;
}
