import { createRequire } from "node:module";

/**
 * Path of the oldest Node.js that the client and weather-mcp declare to support, or undefined where none is packaged for
 * this platform. It lives in a package of its own, so that no script's PATH finds it by accident.
 */
export function oldestNode(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    return undefined;
  }
}
