import type { Tool } from "./shapes.ts";

/** One call while it runs. No text of it is kept but the name that was asked for. */
export interface Call {
  /** What the request names; anything but a string is no name. */
  readonly name: unknown;
  /** From the server's registry. */
  readonly tool: Tool | undefined;
  /** The server has no tool of that name. */
  readonly missing: boolean;
  /** The tool's callback tells `run`. */
  readonly watched: boolean;
  /** The request asked for a task. */
  readonly taskRequested: boolean;
  readonly signal: { readonly aborted?: boolean; readonly reason?: unknown } | undefined;
  /** What the tool's callback threw or returned, once it has ended. */
  run: { readonly threw: boolean; readonly value: unknown } | undefined;
  /** What the tool reported by `noteError`. Looked at for its category, then forgotten. */
  noted: unknown;
}

/**
 * Running calls by request. The key is an object that belongs to the request and that survives a shallow copy of its context:
 * v1's abort signal, v2's `mcpReq`. Nothing is written on the context itself, which may be frozen. A weak map would clean up
 * after itself, but costs ten times the call in garbage collection.
 */
export const runningCalls = new Map<unknown, Call>();

export function keyOf(context: unknown): unknown {
  const { mcpReq, signal } = Object(context);
  return mcpReq ?? signal ?? context;
}
