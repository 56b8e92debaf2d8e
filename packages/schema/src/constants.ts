/** Everything of the contract that needs no validator: what the client bundles. No dependency is imported from here. */
export * from "./clients.ts";
export * from "./grammar.ts";
export * from "./http.ts";
export * from "./levels.ts";
export * from "./limits.ts";
export * from "./outcomes.ts";
export * from "./problems.ts";
export * from "./signing.ts";
export * from "./tiers.ts";
