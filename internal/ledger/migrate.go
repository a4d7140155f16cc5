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
