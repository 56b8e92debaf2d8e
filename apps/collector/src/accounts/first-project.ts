/** The project that a migration makes: where keys and links belong as long as nothing else is asked for. */
export const FIRST_PROJECT_ID = 1;
