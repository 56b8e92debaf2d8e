import type { TapMark } from "../stack/database-tap.ts";
import type { OwnStack } from "../stack/own-stack.ts";

/** Where each log stood when a case began. */
export interface SilenceMark {
  readonly logs: ReadonlyMap<string, number>;
  readonly tap: TapMark;
}

const allLogs = (stack: OwnStack): [string, string][] => [
  ...Object.entries(stack.collectors).map(([name, { log }]): [string, string] => [`log of ${name}`, log]),
  ["PostgreSQL's log", stack.postgresLog()],
];

export function markSilence(stack: OwnStack): SilenceMark {
  return { logs: new Map(allLogs(stack).map(([name, text]) => [name, text.length])), tap: stack.tap.mark() };
}

/** What never belongs into any log: addresses of clients, keys and secrets of any kind, stack traces of faults. */
const NEVER: readonly [string, RegExp][] = [
  ["an API key or a secret", /wm[csr]_[0-9a-f]{8}/],
  ["an address", /remoteAddress|(?:^|[^0-9.])(?:\d{1,3}\.){3}\d{1,3}(?![0-9.])/m],
  ["a header", /x-forwarded-for|authorization|x-signature|x-api-key/i],
  ["a failed statement", /^.*\b(?:STATEMENT|DETAIL|CONTEXT):/m],
];
const FAULTS = /"level":"(?:error|fatal)"|unhandled|uncaught|Warning:/i;
/** Lines about the collector's and PostgreSQL's own listening, from their start. */
const LISTENING = /^.*listening.*$/gim;

export interface Secrets {
  /** In no log and nowhere in Redis. */
  readonly unlogged: ReadonlySet<string>;
  /** Not even on the way to PostgreSQL. */
  readonly unstored: ReadonlySet<string>;
}

/**
 * Looks for what must not be there in the logs and the traffic to PostgreSQL since a mark, and in all of Redis.
 *
 * @param mayFault whether the case breaks something, so that errors may be logged
 */
export async function findLeaks(
  stack: OwnStack,
  mark: SilenceMark,
  secrets: Secrets,
  mayFault: boolean,
  ownLog: string,
): Promise<string[]> {
  const { unlogged, unstored } = secrets;
  const logs: [string, string][] = [...allLogs(stack), ["log of the collector in this process", ownLog]];
  const inLogs = logs.flatMap(([name, whole]) => {
    const text = whole.slice(mark.logs.get(name) ?? 0).replace(LISTENING, "");
    return findInLog(text, unlogged, mayFault).map((what) => `${name} has ${what}`);
  });
  const sent = stack.tap.since(mark.tap).join("\n");
  const inTraffic = [...unstored].filter((secret) => sent.includes(secret));
  const stored = inTraffic.map((secret) => `PostgreSQL was sent ${describe(secret)}`);
  return [...inLogs, ...stored, ...(await findInRedis(stack, unlogged))];
}

export function findInLog(text: string, secrets: ReadonlySet<string>, mayFault: boolean): string[] {
  const found = [...secrets].filter((secret) => text.includes(secret)).map(describe);
  for (const [what, pattern] of NEVER) if (pattern.test(text)) found.push(what);
  const fault = FAULTS.exec(text);
  if (!mayFault && fault !== null) found.push(`a fault: ${lineAt(text, fault.index)}`);
  return found;
}

async function findInRedis({ redis }: OwnStack, secrets: ReadonlySet<string>): Promise<string[]> {
  const keys = await redis.keys("*");
  const values = keys.length === 0 ? [] : await redis.mget(keys);
  const dump = `${keys.join("\n")}\n${values.join("\n")}`;
  return [...secrets].filter((secret) => dump.includes(secret)).map((secret) => `Redis has ${describe(secret)}`);
}

/** Enough to find it by, too little to use. */
const describe = (secret: string) => JSON.stringify(secret.length > 16 ? `${secret.slice(0, 12)}…` : secret);

function lineAt(text: string, index: number): string {
  const start = text.lastIndexOf("\n", index) + 1;
  return text.slice(start, text.indexOf("\n", index) === -1 ? undefined : text.indexOf("\n", index)).slice(0, 600);
}
