import { useState } from "react";
import type { CreatedKey } from "../api/client.ts";
import { CopyLine } from "../parts/copy-line.tsx";
import { KeyMaker } from "./key-maker.tsx";

/** URL that a client sends to, as seen from this browser. */
function endpoint(): string {
  return new URL("v1/events", document.baseURI).href;
}

function addCommand(key: string): string {
  return [
    "claude mcp add weather",
    `  --env ANALYTICS_API_KEY=${key}`,
    `  --env ANALYTICS_ENDPOINT=${endpoint()}`,
    "  -- npx -y @org/weather-mcp",
  ].join(" \\\n");
}

/** What a newcomer sees: how the first event gets here. The page goes on by itself when it has. */
export function FirstSteps() {
  const [created, setCreated] = useState<CreatedKey>();
  return (
    <section className="first-steps">
      <h1>Three steps to your first numbers</h1>
      <ol>
        <li>
          <h2>Get an API key</h2>
          <p>The first start printed one. This page makes another.</p>
          <KeyMaker created={created} onCreated={setCreated} />
        </li>
        <li>
          <h2>Give it to an MCP server</h2>
          <p>
            {created === undefined && "Put it in place of YOUR_KEY. "}A server without a key sends nothing: analytics is
            opt-in.
          </p>
          <CopyLine text={addCommand(created?.key ?? "YOUR_KEY")} />
        </li>
        <li>
          <h2>Call a tool</h2>
          <p>
            Ask for the weather somewhere. What is sent is the tool's name, whether it worked and when; never what was
            asked.
          </p>
          <p className="waiting" role="status">
            <i className="pulse" /> Waiting for the first event
          </p>
        </li>
      </ol>
    </section>
  );
}
