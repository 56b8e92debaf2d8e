import type { Software } from "./queue/origin.ts";

/** This package, as batches name it. A test holds it equal to package.json. */
export const SDK: Software = { name: "@org/mcp-analytics-client", version: "0.1.0" };
