import type { CallOutcome, PENDING_OUTCOMES } from "@org/mcp-analytics-schema/constants";
import type { Call } from "./call.ts";

/** JSON-RPC and MCP codes that say something about a call. */
const INVALID_PARAMS = -32602;
const URL_ELICITATION_REQUIRED = -32042;
const REQUEST_TIMEOUT = -32001;

/** How a call ended, a task's beginning included. */
type EndOutcome = "task_created" | Exclude<CallOutcome, (typeof PENDING_OUTCOMES)[number]>;

/**
 * Classifies a call by registry, dispatch and codes; never by the wording of a message.
 *
 * @param threw whether the `tools/call` handler threw
 * @param value what it threw or returned
 * @returns undefined: input or elicitation is required first, and the answer after that is the end
 */
export function classify(call: Call, threw: boolean, value: unknown): EndOutcome | undefined {
  const { signal, tool, taskRequested } = call;
  const { code, isError, resultType, task } = Object(value);
  if (signal?.aborted) return isTimeout(signal.reason) ? "timeout" : "cancelled";
  if (threw && code === URL_ELICITATION_REQUIRED) return undefined;
  if (!threw && !isError) {
    if (resultType === "input_required") return undefined;
    return taskRequested && task ? "task_created" : "ok";
  }
  if (typeof call.name !== "string") return "protocol_error";
  if (call.missing) return "unknown_tool";
  return tool?.enabled === false ? "disabled_tool" : classifyFailure(call, threw, value);
}

/** Of a tool that exists and may run. */
function classifyFailure({ tool, taskRequested, watched, run }: Call, threw: boolean, value: unknown): EndOutcome {
  const paramsRefused = threw && Object(value).code === INVALID_PARAMS;
  if (run?.threw) return isTimeout(run.value) ? "timeout" : "exception";
  if (threw && !watched) {
    if (isTimeout(value)) return "timeout";
    // A low-level server checks its arguments itself and says so by the code.
    return paramsRefused ? "invalid_arguments" : "exception";
  }
  // A task's answer comes from its store, so a failed one is the tool's own.
  const isTask = typeof tool?.handler === "object";
  if (!watched || (run && (isTask || Object(run.value).isError))) return "tool_error";
  // The SDK refused something around the tool's own code: after it, the output.
  if (run) return "invalid_output";
  // Before it, the arguments, or the request itself.
  return (!threw || paramsRefused) && (!isTask || taskRequested) ? "invalid_arguments" : "protocol_error";
}

function isTimeout(error: unknown): boolean {
  const { name, code } = Object(error);
  return name === "TimeoutError" || code === REQUEST_TIMEOUT;
}
