import { defineConfig } from "vitest/config";

export default defineConfig({
  // Processes are started by some tests, and machines are busy at times; no test waits for time to pass.
  test: { include: ["test/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 180_000 },
});
