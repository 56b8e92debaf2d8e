/** How far the tool's own code has come in one call. */
export type Progress = "waiting" | "running" | "returned" | "returned_error" | "threw";

/** What is known of one call while it runs. */
export interface CallRecord {
  progress: Progress;
  /** What the tool threw, or reported by `noteError`. Looked at for its category, then forgotten. */
  error: unknown;
}

/**
 * Records by request. The key is an object that belongs to the request and that survives a shallow copy of its context: v1's
 * abort signal, v2's `mcpReq`. Nothing is written on the context itself, which may be frozen.
 */
const records = new WeakMap<object, CallRecord>();

function keyOf(context: unknown): object | undefined {
  const { mcpReq, signal } = Object(context);
  const key = mcpReq ?? signal ?? context;
  return typeof key === "object" && key !== null ? key : undefined;
}

export function openRecord(context: unknown): CallRecord {
  const record: CallRecord = { progress: "waiting", error: undefined };
  const key = keyOf(context);
  if (key) records.set(key, record);
  return record;
}

export function recordOf(context: unknown): CallRecord | undefined {
  const key = keyOf(context);
  return key && records.get(key);
}
