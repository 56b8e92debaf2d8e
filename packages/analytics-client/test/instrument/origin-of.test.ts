import { expect, test } from "vitest";
import { createOriginOf } from "../../src/instrument/origin-of.ts";
import type { Any } from "../support/sdks.ts";

const low = { _serverInfo: { name: "s", version: "1" }, getClientVersion: () => ({ name: "cursor" }) } as Any;

test("in the modern era the client is named per request, whatever the connection said", () => {
  const originOf = createOriginOf(low);
  const info = { "io.modelcontextprotocol/clientInfo": { name: "claude-code", version: "2" } };
  expect(originOf({}, { mcpReq: { envelope: info } }).client).toBe("claude-code");
  expect(originOf({ params: { _meta: info } }, {}).client).toBe("claude-code");
  expect(originOf({}, {}).client).toBe("cursor");
});

test.each([
  [
    { name: "weather", version: "1.0.0-rc.1+build" },
    { name: "weather", version: "1.0.0-rc.1+build" },
  ],
  [
    { name: "@org/weather-mcp", version: "1" },
    { name: "@org/weather-mcp", version: "1" },
  ],
  [{ name: "server of bob", version: "1" }, undefined],
  [{ name: "weather", version: "from /home/bob" }, undefined],
  [{ name: "weather" }, undefined],
  [undefined, undefined],
])("server info %j is sent as %j", (info, expected) => {
  expect(createOriginOf({ ...low, _serverInfo: info })({}, {}).server).toEqual(expected);
});
