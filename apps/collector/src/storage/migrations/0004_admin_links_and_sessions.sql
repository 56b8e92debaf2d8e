-- Links that open one session each. Only the hash of their token is here.
CREATE TABLE admin_links (
  project_id integer NOT NULL,
  token_hash char(64) NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT admin_links_pk PRIMARY KEY (project_id, token_hash)
);
--> statement-breakpoint
CREATE TABLE sessions (
  project_id integer NOT NULL,
  token_hash char(64) NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT sessions_pk PRIMARY KEY (project_id, token_hash)
);
