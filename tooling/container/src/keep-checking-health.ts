import { setTimeout as delay } from "node:timers/promises";
import { tryCommand } from "./command.ts";
import type { Engine } from "./engine.ts";

const PAUSE_MS = 300;

/** Runs the health check of every container again and again, where the engine leaves that to others. Returns the stop. */
export function keepCheckingHealth(engine: Engine): () => Promise<void> {
  const ending = new AbortController();
  const loop = async () => {
    while (!ending.signal.aborted) {
      const { stdout } = await tryCommand(engine.cli, ["ps", "--quiet"], { env: engine.env });
      for (const container of stdout.split("\n").filter((id) => id !== ""))
        await tryCommand(engine.cli, ["healthcheck", "run", container], { env: engine.env });
      await delay(PAUSE_MS, undefined, { signal: ending.signal }).catch(() => {});
    }
  };
  const ended = loop();
  return () => {
    ending.abort();
    return ended;
  };
}
