import { freePort } from "@org/services";
import { tryCommand } from "./command.ts";
import type { Engine } from "./engine.ts";
import { type Listener, progress, runScenario, skipScenario } from "./report.ts";
import { BUILD_CASES, BUILD_TITLE } from "./scenarios/build-scenario.ts";
import { COMPOSE_CASES, COMPOSE_TITLE, type ComposeState, compose, madeSecrets } from "./scenarios/compose-scenario.ts";
import { EMBEDDED_CASES, EMBEDDED_TITLE, type EmbeddedState } from "./scenarios/embedded-scenario.ts";
import { IMAGE_CASES, IMAGE_TITLE } from "./scenarios/image-scenario.ts";

/** Builds the image. */
export async function runBuild(engine: Engine, listener: Listener, logFile?: string): Promise<void> {
  progress("Building the image ...");
  const state = logFile === undefined ? { engine } : { engine, logFile };
  await runScenario(BUILD_TITLE, BUILD_CASES, state, listener);
}

/**
 * Looks at the image, runs it alone and by compose, and takes down what it started.
 * @param runName begins the name of everything that is started
 */
export async function runImage(engine: Engine, runName: string, listener: Listener): Promise<void> {
  progress("Looking at the image ...");
  await runScenario(IMAGE_TITLE, IMAGE_CASES, { engine }, listener);
  await runEmbedded(engine, runName, listener);
  if (engine.compose === undefined) skipScenario(COMPOSE_TITLE, COMPOSE_CASES, "there is no docker compose", listener);
  else await runCompose(engine, runName, listener);
}

/** Marks all that could not be tried, for one reason. */
export function skipAll(reason: string, listener: Listener): void {
  skipScenario(BUILD_TITLE, BUILD_CASES, reason, listener);
  skipImage(reason, listener);
}

/** Marks everything after the build. */
export function skipImage(reason: string, listener: Listener): void {
  skipScenario(IMAGE_TITLE, IMAGE_CASES, reason, listener);
  skipScenario(EMBEDDED_TITLE, EMBEDDED_CASES, reason, listener);
  skipScenario(COMPOSE_TITLE, COMPOSE_CASES, reason, listener);
}

async function runEmbedded(engine: Engine, name: string, listener: Listener): Promise<void> {
  progress("Running one container with its embedded database ...");
  const port = await freePort();
  const target = { url: `http://127.0.0.1:${port}`, apiKey: "", sent: 0 };
  const state: EmbeddedState = { engine, container: name, volume: name, port, target };
  try {
    await runScenario(EMBEDDED_TITLE, EMBEDDED_CASES, state, listener);
  } finally {
    await tryCommand(engine.cli, ["rm", "--force", "--volumes", name], { env: engine.env });
    await tryCommand(engine.cli, ["volume", "rm", "--force", name], { env: engine.env });
  }
}

async function runCompose(engine: Engine, name: string, listener: Listener): Promise<void> {
  progress("Running it by compose with PostgreSQL and Redis ...");
  const port = await freePort();
  const target = { url: `http://127.0.0.1:${port}`, apiKey: "", sent: 0 };
  const state: ComposeState = { engine, project: name, port, target, secrets: madeSecrets() };
  try {
    await runScenario(COMPOSE_TITLE, COMPOSE_CASES, state, listener);
  } finally {
    await compose(state, "down", "--volumes", "--timeout", "5").catch((error: Error) => progress(error.message));
  }
}
