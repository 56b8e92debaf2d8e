import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["@org/services/vitest-setup"],
    // One file after the other: each starts many processes of its own, and that of `start` puts the built files in place
    // again, which the others run.
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
