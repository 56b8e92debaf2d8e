import type { ChildServer } from "../servers/child-server.ts";

const INTERVAL_MS = 200;

/** Takes the resident memory of a server while work runs: megabytes, in order of time. */
export async function rssSamples(server: ChildServer, work: () => Promise<void>): Promise<readonly number[]> {
  const samples: number[] = [];
  let running = true;
  const sampling = (async () => {
    while (running) {
      samples.push((await server.usage()).rssBytes / 1e6);
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    }
  })();
  try {
    await work();
  } finally {
    running = false;
    await sampling;
  }
  return samples;
}
