-- Whether a project learns the names that its keys send, or takes only those that were declared.
ALTER TABLE projects ADD COLUMN learns_names boolean NOT NULL DEFAULT true;
--> statement-breakpoint
-- When its names were last declared: running collectors look for it.
ALTER TABLE projects ADD COLUMN names_changed_at timestamptz;
