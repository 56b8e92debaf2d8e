import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FastifyInstance, fastify } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveDashboard } from "../../src/query/dashboard-files.ts";

describe("the files of the dashboard", () => {
  // A folder above that is called like the hashed one changes nothing.
  const folder = join(mkdtempSync(join(tmpdir(), "dashboard-")), "assets");
  let app: FastifyInstance;

  beforeAll(async () => {
    mkdirSync(join(folder, "assets"), { recursive: true });
    writeFileSync(join(folder, "index.html"), "<!doctype html>");
    writeFileSync(join(folder, "theme.js"), "");
    writeFileSync(join(folder, "assets/index-abc123.js"), "");
    writeFileSync(join(folder, "assets/index-abc123.js.br"), "as brotli");
    writeFileSync(join(folder, ".env"), "SECRET");
    app = fastify();
    await serveDashboard(app, `${folder}/`);
  });
  afterAll(async () => {
    await app.close();
    rmSync(join(folder, ".."), { recursive: true });
  });

  it("the page runs nothing but what the collector serves, in no frame, and is never cached", async () => {
    const { headers, statusCode } = await app.inject("/");
    expect(statusCode).toBe(200);
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|http|\*|data:/);
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
  });

  it("files with a hash in their name are kept for a year, others are not", async () => {
    const hashed = await app.inject("/assets/index-abc123.js");
    expect(hashed.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect((await app.inject("/theme.js")).headers["cache-control"]).toBe("no-store");
  });

  it("a browser that takes a compressed form gets it, as the file that it stands for", async () => {
    const url = "/assets/index-abc123.js";
    const { body, headers } = await app.inject({ url, headers: { "accept-encoding": "gzip, br" } });
    expect(body).toBe("as brotli");
    expect(headers).toMatchObject({
      "content-encoding": "br",
      "content-type": expect.stringContaining("javascript"),
      "cache-control": "public, max-age=31536000, immutable",
      vary: "accept-encoding",
    });
    const plain = await app.inject(url);
    expect(plain.body).toBe("");
    expect(plain.headers["content-encoding"]).toBeUndefined();
  });

  it.each([
    "/.env",
    "/assets/index-abc123.js.br",
    "/assets/",
    "/../package.json",
    "/%2e%2e/package.json",
    "/assets%2findex-abc123.js/..%2f..%2f.env",
  ])("%s is not there", async (path) => {
    expect((await app.inject(path)).statusCode).toBe(404);
  });
});
