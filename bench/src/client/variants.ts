import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { createAnalytics, instrument } from "@org/mcp-analytics-client";

/** Ways to have analytics in a server. `bare` has none. */
export type Variant = "bare" | "ours" | "fetch" | "posthog" | "agentcat" | "sentry";

type Result = { content: { type: "text"; text: string }[] };
const answer = async (): Promise<Result> => ({ content: [{ type: "text", text: "done" }] });

/** Registers the one tool of the benchmark with the analytics of the variant; gives what sends all that waits. */
export async function equip(server: McpServer, variant: Variant, sinkOrigin: string): Promise<() => Promise<void>> {
  switch (variant) {
    case "bare":
      server.registerTool("work", {}, answer);
      return async () => {};
    case "ours": {
      const env = { ANALYTICS_API_KEY: `wmc_${"b".repeat(64)}`, ANALYTICS_ENDPOINT: `${sinkOrigin}/v1/events` };
      const analytics = createAnalytics({ env });
      instrument(server, analytics);
      server.registerTool("work", {}, answer);
      return () => analytics.flush({ deadlineMs: 10_000 });
    }
    case "fetch":
      server.registerTool("work", {}, async () => {
        const result = await answer();
        const body = JSON.stringify({ tool: "work", success: true, timestamp: Date.now() });
        await fetch(`${sinkOrigin}/v1/events`, {
          method: "POST",
          body,
          headers: { "content-type": "application/json" },
        });
        return result;
      });
      return async () => {};
    case "posthog": {
      const { PostHog } = await import("posthog-node");
      const posthog = new PostHog("phc_benchmark", { host: sinkOrigin });
      server.registerTool("work", {}, async () => {
        const result = await answer();
        posthog.capture({ distinctId: "bench", event: "tool_call", properties: { tool: "work", success: true } });
        return result;
      });
      return () => posthog.flush().then(() => {});
    }
    case "agentcat": {
      const { track } = await import("agentcat");
      // Its diagnostics go to its maker and not to the sink.
      track(server, "proj_benchmark", { apiBaseUrl: sinkOrigin, disableDiagnostics: true });
      server.registerTool("work", {}, answer);
      // It has no flush of its own, so it is waited for.
      return () => fetch(sinkOrigin).then(() => {});
    }
    case "sentry": {
      const { flush, init, wrapMcpServerWithSentry } = await import("@sentry/node");
      init({ dsn: `${sinkOrigin.replace("//", "//public@")}/1`, tracesSampleRate: 1 });
      wrapMcpServerWithSentry(server);
      server.registerTool("work", {}, answer);
      return () => flush(10_000).then(() => {});
    }
  }
}
