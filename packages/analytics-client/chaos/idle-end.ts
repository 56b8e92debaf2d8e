import { startBackend } from "./backends.ts";
import type { SdkVersion } from "./cases.ts";
import { startHost } from "./host-process.ts";

/** What analytics may add to the end of a server that has nothing left to send. */
const MAX_ADDED_MS = 50;
/** A busy machine can make some ends slow; a real delay shows every time. */
const ATTEMPTS = 8;
const DELIVERY_MS = 5_000;

export const nameOfIdleEnd = ({ name }: SdkVersion): string => `end of an idle server, stdio, SDK ${name}`;

/** Compares how long a server with analytics and without takes to end, once all it had to send is stored. */
export async function runIdleEnd(sdk: SdkVersion, nodePath: string): Promise<readonly string[]> {
  const backend = await startBackend("healthy");
  const endsAfterMs = async (endpoint: string | undefined): Promise<number> => {
    const host = await startHost({ sdk, transport: "stdio", ending: "stdin closes" }, nodePath, endpoint);
    const storedBefore = backend.stored();
    await host.connection.call("works");
    const until = performance.now() + DELIVERY_MS;
    while (endpoint && backend.stored() === storedBefore && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return (await host.end("stdin closes")).afterMs;
  };
  const added: number[] = [];
  try {
    for (let i = 0; i < ATTEMPTS; i++) {
      const bareMs = await endsAfterMs(undefined);
      added.push((await endsAfterMs(backend.endpoint)) - bareMs);
      if (Math.min(...added) <= MAX_ADDED_MS) return [];
    }
    return [`took ${Math.min(...added).toFixed(0)} ms longer to end while idle`];
  } finally {
    await backend.close();
  }
}
