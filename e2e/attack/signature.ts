import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { BATCH_PATH, MAX_BATCH_BYTES, SIGNATURE_WINDOW_MS } from "@org/mcp-analytics-schema";
import { type AttackGroup, attack } from "./runner/attack-case.ts";
import { hold } from "./runner/attack-error.ts";
import type { Trial } from "./runner/trial.ts";
import { deriveSigningSecret } from "./stack/attack-keys.ts";
import { openLab } from "./stack/lab.ts";
import { chunks, type HeaderList } from "./wire/request.ts";

const TEN_YEARS_MS = 10 * 365.25 * 86_400_000;

const signing = { needs: "signing" } as const;

/** A signed event as three parts that can be tampered with. */
async function signedEvent(t: Trial, timestamp: number | string = Date.now()) {
  const key = await t.key();
  const body = JSON.stringify(t.event());
  const [, [, signature] = ["", ""]] = t.sign(key, body, timestamp);
  return { key, body, timestamp: String(timestamp), signature };
}

const headersOf = (timestamp: string, signature: string): HeaderList => [
  ["X-Timestamp", timestamp],
  ["X-Signature", signature],
];

/** Another digit in place of one of a text. */
function flipDigit(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === "0" ? "1" : "0") + text.slice(at + 1);
}

/** HMAC as browsers and edge runtimes make it. */
async function webSign(secret: string, timestamp: string, body: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  const bytes = await crypto.subtle.sign("HMAC", key, encoder.encode(`${timestamp}.${body}`));
  return Buffer.from(bytes).toString("hex");
}

export const signature: AttackGroup = {
  name: "signature",
  cases: [
    attack("SG-2", "one bit of timestamp, body or signature flipped: 401", signing, async (t) => {
      const { key, body, timestamp, signature } = await signedEvent(t);
      const tampered: [string, string, string, string][] = [
        ["timestamp", String(Number(timestamp) + 1), signature, body],
        ["body", timestamp, signature, body.replace('"success":true', '"success":false')],
        ["a space after the body", timestamp, signature, `${body} `],
        ["a space before the body", timestamp, signature, ` ${body}`],
      ];
      for (const at of [0, 31, 32, 63]) tampered.push([`digit ${at}`, timestamp, flipDigit(signature, at), body]);
      for (const [what, stamp, mac, text] of tampered) {
        const answer = await t.post(text, { key, headers: headersOf(stamp, mac) });
        t.expect(answer, "invalid-signature", { what, charged: 1 });
      }
      t.expect(await t.post(body, { key, headers: headersOf(timestamp, signature) }), "stored");
    }),

    attack("SG-9", "the window is 60 s in both directions", signing, async (t) => {
      const { key } = await signedEvent(t);
      // Time goes on between the two clocks, so the bounds themselves are tried on a clock of their own (SG-9a).
      for (const [offsetMs, outcome] of [
        [-61_000, "signature-expired"],
        [-58_000, "stored"],
        [60_000, "stored"],
        [62_000, "signature-expired"],
      ] as const) {
        const body = JSON.stringify(t.event());
        const answer = await t.post(body, { key, headers: t.sign(key, body, Date.now() + offsetMs) });
        t.expect(answer, outcome, { what: `${offsetMs} ms` });
      }
    }),

    attack("SG-9a", "a signature 60,000 ms off is taken, 60,001 ms off is not", { needs: "stack" }, async (t) => {
      const lab = await openLab(t);
      const key = lab.key();
      for (const offsetMs of [-1, 1].flatMap((sign) => [
        sign * SIGNATURE_WINDOW_MS,
        sign * (SIGNATURE_WINDOW_MS + 1),
      ])) {
        const body = JSON.stringify(t.event({ timestamp: lab.nowMs }));
        const answer = await lab.inject({ key, body, headers: t.sign(key, body, lab.nowMs + offsetMs) });
        t.judge(answer, Math.abs(offsetMs) > SIGNATURE_WINDOW_MS ? "signature-expired" : "stored", `${offsetMs} ms`);
      }
      hold(lab.deliveries.length === 2, "not exactly two were stored");
      await lab.close();
    }),

    attack("SG-10", "a signature from the future or from 1970: 401", signing, async (t) => {
      const { key } = await signedEvent(t);
      const body = JSON.stringify(t.event());
      for (const timestamp of [Math.round(Date.now() + TEN_YEARS_MS), 9_999_999_999_999, 1_000_000_000_000])
        t.expect(await t.post(body, { key, headers: t.sign(key, body, timestamp) }), "signature-expired");
    }),

    attack(
      "SG-13",
      "unsigned where the key asks for signatures: 401, and the owner pays nothing",
      { needs: "stack" },
      async (t) => {
        const key = await t.newKey({ requireSignature: true, tier: "free" });
        for (let i = 0; i < 12; i++) {
          t.expect(await t.post(t.event(), { key }), "signature-required");
          t.expect(await t.postBatch(t.batch([t.event()]), { key }), "signature-required");
        }
        const body = JSON.stringify(t.event());
        t.expect(await t.post(body, { key, headers: t.sign(key, body) }), "stored");
        const batch = JSON.stringify(t.batch([t.event()]));
        t.expect(await t.postBatch(batch, { key, headers: t.sign(key, batch) }), "stored");
      },
    ),

    attack("SG-14", "half a signature, or a wrong one where none is asked for, is refused", async (t) => {
      const key = await t.key();
      const timestamp = String(Date.now());
      const forged = "0".repeat(64);
      const body = JSON.stringify(t.event());
      t.expect(await t.post(body, { key, headers: headersOf(timestamp, forged) }), "invalid-signature", { charged: 1 });
      t.expect(await t.post(body, { key, headers: [["X-Signature", forged]] }), "invalid-signature");
      t.expect(await t.post(body, { key, headers: [["X-Timestamp", timestamp]] }), "invalid-signature");
      t.expect(await t.post(body, { key, headers: headersOf(timestamp, "") }), "invalid-signature");
      t.expect(await t.post(body, { key, headers: headersOf("", "") }), "invalid-signature");
    }),

    attack("SG-15", "signed with anything that is not the secret: 401", { needs: "stack" }, async (t) => {
      const key = await t.key();
      const { apiKey, hash, signingSecret = "", apiKeyId } = key;
      const other = await t.newKey();
      const secrets: [string, string | Buffer][] = [
        ["the stored hash", hash],
        ["the bytes of the stored hash", Buffer.from(hash, "hex")],
        ["the key", apiKey],
        ["the bytes of the key", Buffer.from(apiKey.slice(4), "hex")],
        ["nothing", ""],
        ["the secret without its prefix", signingSecret.slice(4)],
        ["the bytes of the secret", Buffer.from(signingSecret.slice(4), "hex")],
        ["the secret of another key", other.signingSecret ?? ""],
        ["the id of the key", apiKeyId],
        ["zeros", Buffer.alloc(32)],
        ["the master secret", t.stack.masterSecret],
        ["undefined", "undefined"],
        ["null", "null"],
      ];
      for (const [what, secret] of secrets) {
        const body = JSON.stringify(t.event());
        const answer = await t.post(body, { key, headers: t.signWith(secret, body) });
        t.expect(answer, "invalid-signature", { what, charged: 1 });
      }
    }),

    attack("SG-18", "the same signed bytes in chunks: 201; compressed on the way: 415", signing, async (t) => {
      const { key, body, timestamp, signature } = await signedEvent(t);
      const headers = headersOf(timestamp, signature);
      const recompressed = await t.post(body, { key, headers: [...headers, ["Content-Encoding", "gzip"]] });
      t.expect(recompressed, "unsupported-media-type");
      const framed: HeaderList = [...headers, ["Transfer-Encoding", "chunked"]];
      const connection = t.connect();
      connection.send(t.bytes({ key, headers: framed, body: chunks([...body]) }));
      t.expect(t.note(await connection.answer(), { key, headers, body }), "stored");
    }),

    attack("SG-19", "thousands of levels of signed JSON: 400", signing, async (t) => {
      const key = await t.key();
      for (const depth of [7_000, 30_000]) {
        const body = "[".repeat(depth) + "]".repeat(depth);
        hold(body.length <= MAX_BATCH_BYTES, "the body is too large for this case");
        const answer = await t.postBatch(body, { key, headers: t.sign(key, body) });
        t.expect(answer, "too-deep", { what: `${depth} levels` });
      }
    }),

    attack("SG-22", "the published vectors, and a signature made as on edge runtimes, hold", signing, async (t) => {
      const document = readFileSync(new URL("../../docs/wire-protocol.md", import.meta.url), "utf8");
      const [, json = "[]"] = /```json signing-vectors\n([\s\S]*?)\n```/.exec(document) ?? [];
      const [, secret = ""] = /secret `(wms_[0-9a-f]{64})`/.exec(document) ?? [];
      const vectors = JSON.parse(json) as { body: string; signature: string }[];
      hold(vectors.length > 0, "the document has no vectors");
      for (const { body, signature } of vectors) {
        hold((await webSign(secret, "1763800000000", body)) === signature, "a vector is wrong");
      }
      const key = await t.key();
      const body = JSON.stringify(t.event());
      const timestamp = String(Date.now());
      const made = await webSign(key.signingSecret ?? "", timestamp, body);
      t.expect(await t.post(body, { key, headers: headersOf(timestamp, made) }), "stored");
    }),

    attack("SG-N1", "a timestamp in any other grammar: 401, though its signature is right", signing, async (t) => {
      const key = await t.key();
      const now = Date.now();
      const body = JSON.stringify(t.event());
      for (const timestamp of [
        String(Math.floor(now / 1000)),
        `${now}000`,
        `0${now}`,
        `+${now}`,
        `-${now}`,
        `${now}.0`,
        `${now}garbage`,
        `0x${now.toString(16)}`,
        `${now}e0`,
        new Date(now).toISOString(),
        "NaN",
        "Infinity",
        `${now}, ${now}`,
        now.toLocaleString("en"),
      ]) {
        const answer = await t.post(body, { key, headers: t.sign(key, body, timestamp) });
        t.expect(answer, "invalid-signature", { what: timestamp.replace(/\d/g, "n") });
      }
    }),

    attack("SG-N2", "a signature in any other spelling: 401", signing, async (t) => {
      const { key, body, timestamp, signature } = await signedEvent(t);
      const bytes = Buffer.from(signature, "hex");
      for (const spelling of [
        signature.toUpperCase(),
        signature.slice(1),
        `${signature}0`,
        `v1=${signature}`,
        `sha256=${signature}`,
        bytes.toString("base64"),
        bytes.toString("base64url"),
        `${signature.slice(0, 63)}g`,
        `${signature},${signature}`,
        `0x${signature.slice(2)}`,
      ]) {
        // Digits only can be upper case and lower case at once; then there is nothing to tell apart.
        if (spelling === signature) continue;
        const answer = await t.post(body, { key, headers: headersOf(timestamp, spelling) });
        t.expect(answer, "invalid-signature", { what: `${spelling.length} characters` });
      }
      for (const name of ["X-Timestamp", "X-Signature"]) {
        const twice: HeaderList = [
          ...headersOf(timestamp, signature),
          [name, name === "X-Timestamp" ? timestamp : signature],
        ];
        t.expect(await t.post(body, { key, headers: twice }), "invalid-signature", { what: `${name} twice` });
      }
    }),

    attack("SG-N3", "bodies that parse alike have signatures of their own", signing, async (t) => {
      const key = await t.key();
      const { tool, timestamp } = t.event();
      const signed = `{"tool":"${tool}","success":true,"timestamp":${timestamp}}`;
      const alike = [
        `{ "tool":"${tool}","success":true,"timestamp":${timestamp}}`,
        `{"success":true,"tool":"${tool}","timestamp":${timestamp}}`,
        `{"t\\u006fol":"${tool}","success":true,"timestamp":${timestamp}}`,
        `{"tool":"${tool}","success":true,"timestamp":${timestamp}.0}`,
        `${signed}\n`,
      ];
      const headers = t.sign(key, signed);
      for (const body of alike) t.expect(await t.post(body, { key, headers }), "invalid-signature", { charged: 1 });
      t.expect(await t.post(signed, { key, headers }), "stored");
    }),

    attack("SG-N4", "a signature of one route, key or body fits no other", { needs: "stack" }, async (t) => {
      const { key, body, timestamp, signature } = await signedEvent(t);
      const headers = headersOf(timestamp, signature);
      const other = await t.newKey();
      t.expect(await t.post(body, { key: other, headers }), "invalid-signature", { what: "another key", charged: 1 });
      t.expect(await t.post("", { key, headers }), "invalid-signature", { what: "no body", charged: 1 });
      // Which route it is for is not signed: what keeps them apart is that a body of one is none of the other.
      t.expect(await t.request({ key, headers, body, path: BATCH_PATH }), "invalid-event", { what: "the other route" });
    }),

    attack(
      "SG-N5",
      "a former master secret is accepted as long as it is listed, and no longer",
      { needs: "stack" },
      async (t) => {
        const [former, current] = [randomBytes(32), randomBytes(32)];
        for (const [masterSecrets, outcome] of [
          [[former], "stored"],
          [[current, former], "stored"],
          [[current], "invalid-signature"],
        ] as const) {
          const lab = await openLab(t, { masterSecrets });
          const key = lab.key();
          const secret = deriveSigningSecret(former, key.apiKeyId, 1);
          const body = JSON.stringify(t.event({ timestamp: lab.nowMs }));
          t.judge(await lab.inject({ key, body, headers: t.signWith(secret, body, lab.nowMs) }), outcome);
          const again = await lab.inject({ key, body, headers: t.sign(key, body, lab.nowMs) });
          // Where both are one and the same secret, this is a replay.
          t.judge(again, masterSecrets[0] === former ? "signature-replayed" : "stored");
          await lab.close();
        }
      },
    ),
  ],
};
