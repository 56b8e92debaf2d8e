import { clip } from "../output/clip.ts";

export interface Section {
  readonly title: string;
  readonly text: string;
}

/** Longest text kept of one section, so that any of them fits into an answer. */
const MAX_SECTION_CHARS = 4_000;
/** What most questions are about, in this order; other sections follow in their own. */
const FIRST = ["KEY MESSAGES", "SYNOPSIS", "UPDATE", "NEAR TERM", "SHORT TERM", "LONG TERM"];

/** The sections of a forecast discussion: `.TITLE /when/...` up to `&&`. The whole text when it has none. */
export function sectionsOf(text: string): Section[] {
  const found = [
    ...text.matchAll(/^\.([A-Z][A-Z0-9 ,'-]*?)\s*(?:[/(][^\n]*?)?\.\.\.([\s\S]*?)(?=^&&|^\$\$|^\.[A-Z]|(?![\s\S]))/gm),
  ];
  const sections = found
    .map(([, title = "", body = ""]) => ({ title: title.trim(), text: clip(body, MAX_SECTION_CHARS) }))
    .filter((section) => section.text !== "");
  if (sections.length === 0) return [{ title: "DISCUSSION", text: clip(text, MAX_SECTION_CHARS) }];
  return sections.sort((a, b) => rank(a.title) - rank(b.title));
}

function rank(title: string): number {
  const index = FIRST.findIndex((known) => title.startsWith(known));
  return index < 0 ? FIRST.length : index;
}
