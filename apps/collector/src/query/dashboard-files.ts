import { existsSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { fastifyStatic } from "@fastify/static";
import type { FastifyInstance, FastifyReply } from "fastify";

/** Beside the compiled code in a package; in the workspace, where the dashboard builds to. */
const FOLDERS = ["../dashboard/", "../../../dashboard/dist/"];

/** Folder of the built dashboard, or undefined where it has not been built. */
export function dashboardFolder(): string | undefined {
  return FOLDERS.map((folder) => fileURLToPath(new URL(folder, import.meta.url))).find((folder) =>
    existsSync(`${folder}index.html`),
  );
}

/** Everything comes from the collector itself; nothing inline, nothing framed. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const PAGE_HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "no-referrer",
  vary: "accept-encoding",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

function setPageHeaders(reply: FastifyReply, isHashed: boolean): void {
  reply.headers(PAGE_HEADERS);
  reply.header("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-store");
}

/** Serves the files of a folder: hashed assets for a year, the page itself never from a cache. */
export async function serveDashboard(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    // One route per file that exists: no request can name another path.
    wildcard: false,
    // Compressed forms stand beside the files; they are no files of their own.
    preCompressed: true,
    globIgnore: ["**/*.br", "**/*.gz"],
    cacheControl: false,
    dotfiles: "ignore",
    setHeaders: (reply, path) => setPageHeaders(reply, relative(folder, path).startsWith("assets")),
  });
}
