import { type BackendName, startBackend } from "./backends.ts";
import type { SdkVersion } from "./cases.ts";
import { type HostProcess, startHost } from "./host-process.ts";

/** Looks at how long calls take with a collector that misbehaves, against the same host without analytics. */
export interface PaceCase {
  readonly backend: BackendName;
  readonly sdk: SdkVersion;
}

export function nameOfPace({ backend, sdk }: PaceCase): string {
  return `pace of calls, backend ${backend}, stdio, SDK ${sdk.name}`;
}

const CALLS = 400;
/** What analytics may add to the slowest call of a hundred. */
const MAX_ADDED_MS = 0.3;
/** On a busy machine either host may be the unlucky one; a real burden shows every time. */
const ATTEMPTS = 8;

/** The promises that were broken: none, at best. */
export async function runPaceCase({ backend: name, sdk }: PaceCase, nodePath: string): Promise<readonly string[]> {
  const backend = await startBackend(name);
  const common = { sdk, transport: "stdio", ending: "SIGTERM" } as const;
  const bare = await startHost(common, nodePath, undefined);
  const instrumented = await startHost(common, nodePath, backend.endpoint);
  const added: number[] = [];
  try {
    for (let i = 0; i < ATTEMPTS; i++) {
      added.push(await compare(bare, instrumented));
      if (Math.min(...added) <= MAX_ADDED_MS) return [];
    }
    return [`added ${Math.min(...added).toFixed(2)} ms to the slowest call of a hundred`];
  } finally {
    await Promise.all([bare.end("SIGTERM"), instrumented.end("SIGTERM")]);
    await backend.close();
  }
}

/** Call by call in turns, so that both meet the same machine. */
async function compare(bare: HostProcess, instrumented: HostProcess): Promise<number> {
  const without: number[] = [];
  const withAnalytics: number[] = [];
  for (let i = 0; i < CALLS; i++) {
    without.push(await time(bare));
    withAnalytics.push(await time(instrumented));
  }
  return p99(withAnalytics) - p99(without);
}

async function time({ connection }: HostProcess): Promise<number> {
  const startedAt = performance.now();
  await connection.call("works");
  return performance.now() - startedAt;
}

function p99(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? 0;
}
