import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["@org/services/vitest-setup"],
    include: ["test/**/*.test.ts"],
    // PostgreSQL, Redis and the embedded engine of several files share the machine.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
