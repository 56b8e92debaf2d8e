/** The whole public surface of the wire contract; every export added here becomes public API. */
export * from "./batch.ts";
export * from "./constants.ts";
export * from "./disclosure.ts";
export * from "./event.ts";
export * from "./responses.ts";
