import { keyOf, runningCalls } from "./call.ts";

/**
 * Names the error behind a tool result with `isError: true`, for a tool that catches its errors itself. Only its category
 * is taken (see `categorizeError`); the error is never sent. Does nothing where the server is not instrumented.
 *
 * @param context the last argument of the tool's callback: `extra` in SDK v1, `ctx` in v2
 */
export function noteError(context: unknown, error: unknown): void {
  const call = runningCalls.get(keyOf(context));
  if (call) call.noted = error;
}
