import { DockerfileParser, type From, type Instruction } from "dockerfile-ast";
import { validate } from "dockerfile-utils";

/** What is wrong with a Dockerfile: its syntax, and the rules of this repository. One line each. */
export function dockerfileProblems(text: string): string[] {
  const dockerfile = DockerfileParser.parse(text);
  const problems = validate(text).map((problem) => `line ${problem.range.start.line + 1}: ${problem.message}`);
  const stages = dockerfile.getFROMs();
  const defaults = new Map(
    dockerfile.getARGs().map((arg) => [arg.getProperty()?.getName(), arg.getProperty()?.getValue()]),
  );
  for (const from of stages) {
    const image = from.getImage()?.replace(/^\$\{(\w+)\}$/, (whole, name) => defaults.get(name) ?? whole) ?? "";
    const isStage = stages.some((stage) => stage.getBuildStage() === image);
    if (!isStage && !/:(?!latest$)[\w.-]+$/.test(image)) problems.push(`FROM ${image} has no fixed tag`);
  }
  const instructions = dockerfile.getInstructions();
  for (const instruction of instructions) problems.push(...everywhere(instruction));
  problems.push(...lastStage(instructions.slice(lastIndexOfStage(instructions, stages))));
  return problems;
}

function lastIndexOfStage(instructions: readonly Instruction[], stages: readonly From[]): number {
  const line = stages.at(-1)?.getRange()?.start.line ?? 0;
  return instructions.findIndex((instruction) => (instruction.getRange()?.start.line ?? 0) >= line);
}

function everywhere(instruction: Instruction): string[] {
  const keyword = instruction.getKeyword();
  const text = instruction.getArgumentsContent() ?? "";
  const problems: string[] = [];
  if (keyword === "ADD") problems.push("ADD: use COPY");
  if (keyword === "RUN" && /\bsudo\b|\bchmod\b[^&]*\b0?777\b/.test(text)) problems.push("RUN: no sudo, no chmod 777");
  if (keyword === "RUN" && text.startsWith("<<")) problems.push("RUN: a heredoc does not build everywhere");
  if (/^(ENV|ARG)$/.test(keyword) && /(PASSWORD|SECRET|TOKEN)\w*[= ]\S/i.test(text))
    problems.push(`${keyword}: a secret`);
  return problems;
}

function lastStage(instructions: readonly Instruction[]): string[] {
  const problems: string[] = [];
  const last = (keyword: string) =>
    instructions
      .filter((instruction) => instruction.getKeyword() === keyword)
      .at(-1)
      ?.getArgumentsContent() ?? undefined;
  if (/^(root|0)?(:|$)/.test(last("USER") ?? "")) problems.push("last stage: no USER, or root");
  if (last("RUN") !== undefined) problems.push("last stage: RUN, which leaves more behind than it says");
  for (const keyword of ["CMD", "ENTRYPOINT"])
    if (last(keyword)?.startsWith("[") === false) problems.push(`last stage: ${keyword} in shell form`);
  if (!/CMD \[/.test(last("HEALTHCHECK") ?? "")) problems.push("last stage: no HEALTHCHECK in exec form");
  if (last("STOPSIGNAL") !== "SIGTERM") problems.push("last stage: STOPSIGNAL is not SIGTERM");
  return problems;
}
