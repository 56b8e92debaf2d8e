import type { PostgresJsDatabase } from "drizzle-orm/postgres-js";
import type { Pool } from "./pool.ts";

/** Methods of a store: each answers with a promise. */
type StoreMethods<Store> = {
  [Name in keyof Store]: Store[Name] extends (...args: never[]) => Promise<unknown> ? Store[Name] : never;
};

/**
 * A store whose every call runs on a pool: with its deadline, its recovery and its errors.
 *
 * @param create makes the store on the connections of one call; must do nothing else
 */
export function onPool<Store extends StoreMethods<Store>>(
  pool: Pool,
  create: (db: PostgresJsDatabase) => Store,
): Store {
  return new Proxy({} as Store, {
    get:
      (_target, name) =>
      (...args: unknown[]) =>
        pool.run(({ db }) => {
          const method = create(db)[name as keyof Store] as (...args: unknown[]) => Promise<unknown>;
          return method(...args);
        }),
  });
}
