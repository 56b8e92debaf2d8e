import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { createAnalytics } from "../src/analytics.ts";
import { instrument } from "../src/instrument/instrument.ts";
import { noteError } from "../src/instrument/note-error.ts";
import { createHarness } from "./support/harness.ts";
import { ON } from "./support/keys.ts";
import { type Any, SDKS } from "./support/sdks.ts";
import { connect } from "./support/wire.ts";

/** Long enough not to occur by chance, and made of what would pass the grammars of the wire as well as of what would not. */
const secret = fc.oneof(
  fc.stringMatching(/^[A-Z][A-Za-z0-9_.]{11,30}$/),
  fc.string({ minLength: 12, maxLength: 60 }).filter((text) => text.trim().length >= 12),
  fc.emailAddress(),
  fc.webUrl({ withQueryParameters: true }),
);

/** Everything that left, as one text: bodies and headers. */
function outbound(sent: readonly { readonly body: string; readonly headers: object }[]): string {
  return sent.map(({ body, headers }) => body + JSON.stringify(headers)).join("\n");
}

function expectNothingOf(text: string, secrets: readonly string[]): void {
  for (const word of secrets) {
    expect(text).not.toContain(word);
    expect(text).not.toContain(JSON.stringify(word).slice(1, -1));
  }
}

describe.each(SDKS)("$name", (sdk) => {
  test("no secret in arguments, results, errors, names, headers or client leaves the process", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(secret, { minLength: 8, maxLength: 8 }), async (secrets) => {
        const [argument, result, message, name, header, client, errorName, code] = secrets as [
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
        ];
        const { analytics, events, transport } = createHarness(
          { ANALYTICS_LEVEL: "standard" },
          { categorizeError: (error) => (error as Error).message },
        );
        const server = instrument(sdk.newServer(), analytics);
        const raise = (): never => {
          const error = new Error(message, { cause: new Error(message) });
          error.name = errorName;
          throw Object.assign(error, {
            code,
            status: message,
            path: argument,
            config: { headers: { authorization: header } },
          });
        };
        sdk.register(server, "answers", {
          run: () => ({ content: [{ type: "text", text: result }], _meta: { result } }),
        });
        sdk.register(server, "refuses", {
          run: (ctx: Any) => {
            noteError(ctx, message);
            return { content: [{ type: "text", text: message }], isError: true };
          },
        });
        sdk.register(server, "raises", { run: raise });
        sdk.register(server, "strict", { input: (z) => ({ n: z.number() }), run: () => ({ content: [] }) });
        const draft = () => ({ messages: [{ role: "user", content: { type: "text", text: message } }] });
        if (server.prompt) server.prompt("drafts", draft);
        else server.registerPrompt("drafts", {}, draft);
        const wire = await connect(server, {
          clientInfo: { name: client, version: header },
          transport: { sessionId: header },
        });
        for (const tool of ["answers", "refuses", "raises", "strict", name, "__proto__"]) {
          await wire.request("tools/call", {
            name: tool,
            arguments: { n: argument, [argument]: argument },
            _meta: { [header]: header },
          });
        }
        for (const method of [name, "prompts/get", "resources/read", "completion/complete"]) {
          await wire.request(method, { name: argument, uri: argument, arguments: { [argument]: argument } });
        }
        await wire.request("prompts/get", { name: "drafts" });
        analytics.trackFailure("by_hand", message);
        expect(await events()).toHaveLength(7);
        expectNothingOf(outbound(transport.sent), secrets);
      }),
      { numRuns: 60 },
    );
  });

  test("no secret passes a low-level server either", async () => {
    await fc.assert(
      fc.asyncProperty(secret, secret, secret, async (name, argument, message) => {
        const { analytics, events, transport } = createHarness({ ANALYTICS_LEVEL: "standard" });
        const low = instrument(sdk.newLowLevel(), analytics);
        sdk.setHandler(low, "tools/call", ({ params }: Any) => {
          if (params.name === name) throw new Error(message);
          return { content: [{ type: "text", text: params.arguments.n }] };
        });
        const wire = await connect(low);
        await wire.call(name, { n: argument });
        await wire.call(argument, { n: message });
        expect(await events()).toHaveLength(2);
        expectNothingOf(outbound(transport.sent), [name, argument, message]);
      }),
      { numRuns: 60 },
    );
  });
});

test("debug prints no secret either", async () => {
  const [sdk] = SDKS;
  if (!sdk) throw new Error("no SDK");
  const printed: unknown[] = [];
  const write = vi.spyOn(console, "error").mockImplementation((text) => void printed.push(text));
  await fc.assert(
    fc.asyncProperty(secret, secret, secret, async (name, argument, message) => {
      const analytics = createAnalytics({ env: { ...ON, ANALYTICS_DEBUG: "1", ANALYTICS_LEVEL: "standard" } });
      const server = instrument(sdk.newServer(), analytics);
      sdk.register(server, "raises", {
        run: () => {
          throw Object.assign(new Error(message), { code: argument });
        },
      });
      const wire = await connect(server, { clientInfo: { name: message, version: message } });
      for (const tool of ["raises", name]) await wire.call(tool, { [argument]: argument });
      printed.length = 0;
      await analytics.flush();
      expect(printed).toHaveLength(1);
      expectNothingOf(String(printed[0]), [name, argument, message, ON.ANALYTICS_API_KEY]);
    }),
  );
  write.mockRestore();
});

test("a name given by hand is sent only where it is one", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ minLength: 12 }).filter((text) => /[^A-Za-z0-9_./-]/.test(text)),
      async (text) => {
        const { analytics, events, transport } = createHarness();
        analytics.trackSuccess(text);
        analytics.trackFailure(text, text);
        await events();
        expectNothingOf(outbound(transport.sent), [text]);
      },
    ),
  );
});
