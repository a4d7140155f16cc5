package ledger

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"
)

//go:embed schema.sql
var schema string

// migrations bring an older database to schema.sql: migrations[0] leads from
// version 1 to 2, and so on. A fresh database gets schema.sql as it is. A step
// never changes once it is released; a test upgrades a frozen first schema.
var migrations = []string{
	`ALTER TABLE entry ADD COLUMN published_zone INTEGER NOT NULL DEFAULT 0`,
	// 3: what a replay needs, closed stories, judgements, who removed a known figure.
	`ALTER TABLE version ADD COLUMN published INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE version ADD COLUMN zone INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE version ADD COLUMN declared TEXT NOT NULL DEFAULT '';
	ALTER TABLE story ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE story ADD COLUMN closed_why TEXT NOT NULL DEFAULT '';
	ALTER TABLE claim ADD COLUMN returns INTEGER REFERENCES claim (id);
	ALTER TABLE baseline ADD COLUMN ended_by TEXT NOT NULL DEFAULT '';
	ALTER TABLE baseline ADD COLUMN ended_why TEXT NOT NULL DEFAULT '';
	ALTER TABLE story_origin ADD COLUMN claim INTEGER REFERENCES claim (id);
	CREATE TABLE judgement (
		id INTEGER PRIMARY KEY,
		finding INTEGER NOT NULL,
		verdict TEXT NOT NULL,
		by TEXT NOT NULL,
		why TEXT NOT NULL,
		made INTEGER NOT NULL,
		example TEXT NOT NULL
	);
	CREATE INDEX judgement_finding ON judgement (finding);
	CREATE TABLE alert_quiet (
		alert INTEGER NOT NULL REFERENCES alert (id),
		revision INTEGER NOT NULL,
		PRIMARY KEY (alert, revision)
	);`,
	politeness,
}

// current is the version that schema.sql has.
func current() int { return 1 + len(migrations) }

// migrate makes the tables of an empty file, or upgrades an older one, in one transaction.
func migrate(ctx context.Context, s *session, now time.Time) error {
	s.ctx, s.now = ctx, now.UTC()
	version, err := schemaVersion(s)
	if err != nil || version == current() {
		return err
	}
	return s.transaction(`BEGIN IMMEDIATE`, func(s *session) error {
		version, err := schemaVersion(s) // another process may have been quicker
		if err != nil {
			return err
		}
		return upgrade(s, version)
	})
}

func upgrade(s *session, version int) error {
	switch {
	case version == current():
		return nil
	case version == 0:
		if err := s.script(schema); err != nil {
			return fmt.Errorf("schema: %w", err)
		}
		return s.run(`INSERT INTO schema_version (version) VALUES (?)`, current())
	}
	for v := version; v < current(); v++ {
		if err := s.script(migrations[v-1]); err != nil {
			return fmt.Errorf("upgrade from schema %d to %d: %w", v, v+1, err)
		}
	}
	return s.run(`UPDATE schema_version SET version = ?`, current())
}

// schemaVersion is 0 for an empty file.
func schemaVersion(s *session) (int, error) {
	tables, err := collect(s, scanString, `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name = 'schema_version' DESC LIMIT 1`)
	switch {
	case err != nil:
		return 0, err
	case len(tables) == 0:
		return 0, nil
	case tables[0] != "schema_version":
		return 0, fmt.Errorf("%w: it holds the table %q", ErrForeign, tables[0])
	}
	var version int
	if err := s.get(`SELECT version FROM schema_version`, nil, &version); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	if version > current() {
		return 0, fmt.Errorf("%w: it has schema %d, this one knows %d: upgrade the program, or use another file", ErrNewer, version, current())
	}
	if version < 1 {
		return 0, fmt.Errorf("%w: schema %d", ErrForeign, version)
	}
	return version, nil
}

// script runs several statements. It is not prepared, since the tables that
// later ones name do not exist yet.
func (s *session) script(text string) error {
	_, err := s.conn.ExecContext(s.ctx, strings.TrimSpace(text))
	return err
}
