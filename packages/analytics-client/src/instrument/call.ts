import type { Tool } from "./shapes.ts";

/** One call while it runs. No text of it is kept but the name that was asked for. */
export interface Call {
  /** What the request names; anything but a string is no name. */
  readonly name: unknown;
  /** From the server's registry. */
  readonly tool: Tool | undefined;
  /** The server has no tool of that name. */
  readonly missing: boolean;
  /** The tool's callback tells `progress`. */
  readonly watched: boolean;
  /** The request asked for a task. */
  readonly taskRequested: boolean;
  readonly signal: { readonly aborted?: boolean; readonly reason?: unknown } | undefined;
  /** How far the tool's own code has come. */
  progress: "waiting" | "running" | "returned" | "returned_error" | "threw";
  /** What the tool threw, or reported by `noteError`. Looked at for its category, then forgotten. */
  error: unknown;
}

/**
 * Calls by request. The key is an object that belongs to the request and that survives a shallow copy of its context: v1's
 * abort signal, v2's `mcpReq`. Nothing is written on the context itself, which may be frozen.
 */
const calls = new WeakMap<object, Call>();

const keyOf = (context: unknown): object => Object(Object(context).mcpReq ?? Object(context).signal ?? context);

export function rememberCall(context: unknown, call: Call): void {
  calls.set(keyOf(context), call);
}

export function callOf(context: unknown): Call | undefined {
  return calls.get(keyOf(context));
}
