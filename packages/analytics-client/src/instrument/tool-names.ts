/** Names that the servers of one name have listed. */
export interface LearnedNames {
  readonly names: Set<string>;
  /** Whether a whole list was seen, so that a name outside it is unknown. */
  complete: boolean;
}

const MAX_NAMES = 1_000;
const MAX_SERVERS = 100;

/**
 * By server name and for the whole process: behind a stateless HTTP transport the server that lists the tools and the one
 * that runs them are different objects.
 */
const learned = new Map<string, LearnedNames>();

export function learnedNames(serverName: unknown): LearnedNames {
  const key = String(serverName);
  let entry = learned.get(key);
  if (!entry) {
    entry = { names: new Set(), complete: false };
    if (learned.size < MAX_SERVERS) learned.set(key, entry);
  }
  return entry;
}

/** Learns from the answer to `tools/list`, which passes untouched. */
export function learnFromList(entry: LearnedNames, answer: unknown): void {
  const { tools, nextCursor } = Object(answer);
  if (!Array.isArray(tools)) return;
  for (const tool of tools) {
    if (typeof tool?.name === "string" && entry.names.size < MAX_NAMES) entry.names.add(tool.name);
  }
  if (nextCursor === undefined) entry.complete = true;
}
