export const API_KEY = `wmc_${"0123456789abcdef".repeat(4)}`;
export const SIGNING_SECRET = `wms_${"fedcba9876543210".repeat(4)}`;
export const ENDPOINT = "https://collector.example/v1/events";

/** An environment that turns analytics on. */
export const ON = { ANALYTICS_API_KEY: API_KEY, ANALYTICS_ENDPOINT: ENDPOINT } as const;
