CREATE TABLE projects (
  id integer NOT NULL,
  name text NOT NULL,
  last_key_id integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT projects_pk PRIMARY KEY (id)
);
--> statement-breakpoint
CREATE TABLE api_keys (
  project_id integer NOT NULL,
  key_id integer NOT NULL,
  id uuid NOT NULL,
  key_hash char(64) NOT NULL,
  key_prefix varchar(8) NOT NULL,
  last_four char(4) NOT NULL,
  user_id uuid,
  name text NOT NULL,
  status text NOT NULL DEFAULT 'active',
  is_active boolean NOT NULL GENERATED ALWAYS AS (status = 'active') STORED,
  tier text NOT NULL DEFAULT 'free',
  rate_limit_per_day integer,
  require_signature boolean NOT NULL DEFAULT false,
  secret_version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz,
  revoked_at timestamptz,
  CONSTRAINT api_keys_pk PRIMARY KEY (project_id, key_id),
  CONSTRAINT api_keys_id_unique UNIQUE (id),
  CONSTRAINT api_keys_key_hash_unique UNIQUE (key_hash),
  CONSTRAINT api_keys_status_known CHECK (status IN ('active', 'disabled', 'revoked')),
  CONSTRAINT api_keys_tier_known CHECK (tier IN ('free', 'pro', 'enterprise')),
  CONSTRAINT api_keys_rate_limit_positive CHECK (rate_limit_per_day > 0)
);
