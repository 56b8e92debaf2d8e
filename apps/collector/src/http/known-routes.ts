import type { FastifyInstance } from "fastify";

/** The methods that a path has, for `Allow`; none when there is no such path. */
export type AllowedMethods = (path: string) => readonly string[];

/** Remembers the routes that are registered after it, so that a wrong method is told apart from a wrong path. */
export function watchRoutes(app: FastifyInstance): AllowedMethods {
  const exact = new Map<string, Set<string>>();
  const patterns: { pattern: RegExp; methods: Set<string> }[] = [];

  app.addHook("onRoute", ({ url, method }) => {
    // A wildcard serves files: it says nothing about which paths exist.
    if (url.includes("*")) return;
    const names = [method].flat();
    if (!url.includes(":")) {
      const methods = exact.get(url) ?? new Set();
      for (const name of names) methods.add(name);
      exact.set(url, methods);
    } else {
      const source = url.split("/").map((part) => (part.startsWith(":") ? "[^/]+" : part.replaceAll(".", "\\.")));
      patterns.push({ pattern: new RegExp(`^${source.join("/")}$`), methods: new Set(names) });
    }
  });

  return (path) => {
    const methods = new Set(exact.get(path));
    for (const { pattern, methods: own } of patterns) {
      if (pattern.test(path)) for (const name of own) methods.add(name);
    }
    return [...methods].sort();
  };
}
