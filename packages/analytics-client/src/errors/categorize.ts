import { builtInCategory } from "./built-in-category.ts";

/** Names the category of what a tool threw: the author's answer where it is on the list, else the built-in one. */
export type Categorize = (error: unknown) => string;

export function createCategorize(
  allowed: ReadonlySet<string>,
  byAuthor: (error: unknown) => string | undefined = () => undefined,
): Categorize {
  return (error) => {
    for (const categorize of [byAuthor, builtInCategory]) {
      try {
        const named = categorize(error);
        if (allowed.has(named as string)) return named as string;
      } catch {
        // Neither the author's function nor a strange error may fail the call that is described.
      }
    }
    return "UNKNOWN";
  };
}
