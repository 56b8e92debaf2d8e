import type { TestProject } from "vitest/node";
import { startServices } from "./start-services.ts";

declare module "vitest" {
  interface ProvidedContext {
    databaseUrl: string;
    redisUrl: string;
  }
}

/** Vitest global set-up: `inject("databaseUrl")` and `inject("redisUrl")` are real servers for the length of the run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const services = await startServices({ postgres: true, redis: true });
  project.provide("databaseUrl", services.databaseUrl);
  project.provide("redisUrl", services.redisUrl);
  return () => services.stop();
}
