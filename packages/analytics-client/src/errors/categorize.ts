import { builtInCategory } from "./built-in-category.ts";

/** Names the category of what a tool threw: the author's answer where it is on the list, else the built-in one. */
export type Categorize = (error: unknown) => string;

export function createCategorize(
  allowed: ReadonlySet<string>,
  byAuthor: ((error: unknown) => string | undefined) | undefined,
): Categorize {
  return (error) => {
    try {
      const named = byAuthor?.(error);
      if (named !== undefined && allowed.has(named)) return named;
    } catch {
      // The author's function must not fail the call that it describes.
    }
    return builtInCategory(error);
  };
}
