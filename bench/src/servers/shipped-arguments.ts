import { readFileSync } from "node:fs";

const DOCKERFILE = new URL("../../../apps/collector/Dockerfile", import.meta.url);

/** What the container gives to Node, such as limits of the heap: the collector is measured as it is shipped. */
export function shippedNodeArguments(dockerfile = readFileSync(DOCKERFILE, "utf8")): readonly string[] {
  const entryPoint = /^ENTRYPOINT (\[.*\])$/m.exec(dockerfile)?.[1];
  if (entryPoint === undefined) throw new Error("The collector's Dockerfile has no ENTRYPOINT.");
  const command = JSON.parse(entryPoint) as string[];
  return command.filter((word) => word.startsWith("--"));
}
