import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Where `pnpm dev` finds a collector to read from. */
const COLLECTOR_URL = "http://127.0.0.1:3000";

export default defineConfig({
  plugins: [react()],
  // Relative, so that the pages also work below a path of a reverse proxy.
  base: "./",
  build: {
    target: "es2023",
    // No inlined assets and no polyfill: the content security policy allows neither `data:` nor inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": COLLECTOR_URL } },
  test: { include: ["test/**/*.test.{ts,tsx}"] },
});
