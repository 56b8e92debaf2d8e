/**
 * An MCP server of the kind that authors write, run as a child by the chaos suite. Plain JavaScript, as it has to run on every
 * Node from 20 on. Arguments: module folder of the SDK, its major, `stdio` or `http`, then any of `bare` (no analytics),
 * `graceful` (the host ends itself on SIGTERM, with code 7, after 200 ms) and the name of a peer to use in place of this client.
 */
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [sdk, major, transportName, ...flags] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const load = (path) =>
  import(pathToFileURL(require.resolve(path)).href.replace("/cjs/", "/esm/").replace(".cjs", ".mjs"));

/** Published peers, set up as their documents say and told to send to the backend instead of to their makers. */
const PEERS = {
  async agentcat(origin) {
    const { track } = await import("agentcat");
    before = (server) => track(server, "proj_chaos", { apiBaseUrl: origin, disableDiagnostics: true });
  },
  async sentry(origin) {
    const { init, wrapMcpServerWithSentry } = await import("@sentry/node");
    init({ dsn: `${origin.replace("//", "//public@")}/1`, tracesSampleRate: 1 });
    before = wrapMcpServerWithSentry;
  },
  async posthog(origin) {
    const { PostHog } = await import("posthog-node");
    const posthog = new PostHog("phc_chaos", { host: origin });
    wrap = (tool, run) => () => {
      posthog.capture({ distinctId: "chaos", event: "tool_call", properties: { tool } });
      return run();
    };
  },
};

const { McpServer } = await load(major === "1" ? `${sdk}/server/mcp.js` : sdk);

function buildServer() {
  const server = new McpServer({ name: "chaos-host", version: "1.0.0" });
  if (before) before(server);
  const add = (name, run) =>
    server.registerTool ? server.registerTool(name, {}, wrap(name, run)) : server.tool(name, wrap(name, run));
  add("works", async () => ({ content: [{ type: "text", text: "done" }] }));
  add("fails", async () => {
    throw new Error("secret-in-an-error");
  });
  add("exits", () => process.exit(5));
  add("crashes", () => {
    setImmediate(() => {
      throw new Error("the host is broken");
    });
    return new Promise(() => {});
  });
  return server;
}

let instrument = (server) => server;
// How a peer gets into the server: before its tools are there, or around each of them.
let before;
let wrap = (_name, run) => run;
const peer = flags.find((flag) => PEERS[flag]);
if (peer) await PEERS[peer](new URL(process.env.ANALYTICS_ENDPOINT).origin);
else if (!flags.includes("bare")) ({ instrument } = await import("../dist/index.js"));
if (flags.includes("graceful")) process.once("SIGTERM", () => setTimeout(() => process.exit(7), 200));

if (transportName === "stdio") {
  const { StdioServerTransport } = await load(major === "1" ? `${sdk}/server/stdio.js` : `${sdk}/stdio`);
  await instrument(buildServer()).connect(new StdioServerTransport());
} else if (major === "1") {
  const { StreamableHTTPServerTransport } = await load(`${sdk}/server/streamableHttp.js`);
  listen(async (request, response) => {
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
    response.on("close", () => transport.close());
    await instrument(buildServer()).connect(transport);
    await transport.handleRequest(request, response);
  });
} else {
  const { createMcpHandler } = await load(sdk);
  const handler = createMcpHandler(() => instrument(buildServer()));
  listen(async (request, response) => {
    const body = await new Promise((resolve) => {
      const chunks = [];
      request.on("data", (chunk) => chunks.push(chunk)).on("end", () => resolve(Buffer.concat(chunks)));
    });
    const url = `http://${request.headers.host}${request.url}`;
    const answer = await handler.fetch(new Request(url, { method: request.method, headers: request.headers, body }));
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
}

function listen(listener) {
  const server = createServer((request, response) => {
    listener(request, response).catch((error) => response.destroy(error));
  });
  server.listen(0, "127.0.0.1", () => process.send(server.address().port));
}
