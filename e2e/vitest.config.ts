import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["@org/services/vitest-setup"],
    // Every file starts processes of its own; more than two at once would only make them wait for each other.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
