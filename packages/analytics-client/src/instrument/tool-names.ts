/** Names that the servers of one name have listed. */
export interface LearnedNames {
  readonly names: Set<unknown>;
  /** Whether a whole list was seen, so that a name outside it is unknown. */
  complete: boolean;
}

const MAX_NAMES = 1_000;

/**
 * By server name and for the whole process: behind a stateless HTTP transport the server that lists the tools and the one
 * that runs them are different objects.
 */
const learned = new Map<unknown, LearnedNames>();

export function learnedNames(serverName: unknown): LearnedNames {
  const entry = learned.get(serverName) ?? { names: new Set(), complete: false };
  if (learned.size < MAX_NAMES) learned.set(serverName, entry);
  return entry;
}

/** Learns from the answer to `tools/list`, which passes untouched. */
export function learnFromList(entry: LearnedNames, answer: unknown): void {
  const { tools, nextCursor } = Object(answer);
  for (const { name } of tools) if (entry.names.size < MAX_NAMES) entry.names.add(name);
  entry.complete ||= !nextCursor;
}
