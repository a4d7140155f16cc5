-- The ledger's tables, version 4.
--
-- Times are microseconds since 1970 in UTC, 0 for none; days (as_of, said) are
-- days since 1970-01-01, 0 for none; an open bound is NULL. What came from
-- servers byte for byte (validators, HTML) is kept as a blob. Rows are added and
-- their state moves on; nothing that was read or told is ever taken away. Ids
-- rise in the order of commits, since there is one writer at a time.

-- Which form of this file the database has. One row.
CREATE TABLE schema_version (
    version INTEGER NOT NULL
);

-- How far a stage has read: "compare" is the id of the last claim compared.
CREATE TABLE mark (
    name     TEXT PRIMARY KEY,
    position INTEGER NOT NULL
);

-- A configured feed or page and the state of its visits.
CREATE TABLE source (
    name          TEXT PRIMARY KEY,
    url           TEXT NOT NULL,
    reading       TEXT NOT NULL,              -- kind, selectors, follow: when these change, the validators are void
    rechecks      TEXT NOT NULL,              -- ages at which its articles are visited again, as JSON, nanoseconds
    active        INTEGER NOT NULL,           -- 0 once it has left the configuration
    etag          BLOB NOT NULL,
    last_modified BLOB NOT NULL,
    fingerprint   BLOB NOT NULL,
    last_poll     INTEGER NOT NULL DEFAULT 0, -- last finished visit
    last_success  INTEGER NOT NULL DEFAULT 0,
    last_change   INTEGER NOT NULL DEFAULT 0, -- last visit that brought an entry or a version
    next_due      INTEGER NOT NULL DEFAULT 0, -- 0: at once
    failures      INTEGER NOT NULL DEFAULT 0, -- in a row
    last_error    TEXT NOT NULL DEFAULT '',
    entries       INTEGER NOT NULL DEFAULT 0,
    moved_to      TEXT NOT NULL DEFAULT '',
    trouble       TEXT NOT NULL DEFAULT '',   -- the kind of the last visit's failure; '' when it succeeded
    strikes       REAL NOT NULL DEFAULT 0,    -- how much its visits are put off; each kind of failure counts as its own fraction
    failing_since INTEGER NOT NULL DEFAULT 0, -- the first failure of the present row
    changes       TEXT NOT NULL DEFAULT '',   -- the last 32 visits that brought something: microseconds, oldest first, blanks between
    ttl           INTEGER NOT NULL DEFAULT 0, -- least time between two visits that the feed asks for, in microseconds
    skip_hours    INTEGER NOT NULL DEFAULT 0, -- hours of the day in UTC that the feed asks to leave out, a bit each
    cert_start    INTEGER NOT NULL DEFAULT 0, -- from when the certificate of its server holds ...
    cert_end      INTEGER NOT NULL DEFAULT 0  -- ... and until when
);
CREATE INDEX source_due ON source (active, next_due);

-- A host that asked to be left alone, with its port if it names one.
CREATE TABLE host (
    name       TEXT PRIMARY KEY,
    not_before INTEGER NOT NULL
);

-- A way in which a source is not seen: silent for far longer than its habit,
-- blocked, its selector without a match. Open while closed is 0; it may open again.
CREATE TABLE blindness (
    source TEXT NOT NULL,
    kind   TEXT NOT NULL,
    text   TEXT NOT NULL,
    since  INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    PRIMARY KEY (source, kind)
);

-- One thing a source published. It may have been captured in two sorts: as the
-- feed's own text, and as the article that was followed.
CREATE TABLE entry (
    id             INTEGER PRIMARY KEY,
    source         TEXT NOT NULL REFERENCES source (name),
    key            TEXT NOT NULL,
    url            TEXT NOT NULL,
    title          TEXT NOT NULL,
    author         TEXT NOT NULL,
    outlet         TEXT NOT NULL,
    published      INTEGER NOT NULL,
    published_zone INTEGER NOT NULL DEFAULT 0,   -- seconds east of UTC in which it was declared: the day of a text is its own
    first_captured INTEGER NOT NULL,
    feed_digest    TEXT NOT NULL DEFAULT '',     -- of the latest feed text; '' when there was none
    page_digest    TEXT NOT NULL DEFAULT '',     -- of the latest article; '' when none was followed
    followed       INTEGER NOT NULL DEFAULT 0,   -- first capture of the article
    next_recheck   INTEGER NOT NULL DEFAULT 0,   -- 0: none is due any more
    UNIQUE (source, key)
);
CREATE INDEX entry_recheck ON entry (next_recheck) WHERE next_recheck > 0;

-- One capture that differed from the one before it, with the HTML as it came.
CREATE TABLE version (
    id        INTEGER PRIMARY KEY,
    entry     INTEGER NOT NULL REFERENCES entry (id),
    captured  INTEGER NOT NULL,
    followed  INTEGER NOT NULL,  -- 1: the article; 0: the feed's text
    page      INTEGER NOT NULL,  -- html is a whole page
    selector  TEXT NOT NULL,
    title     TEXT NOT NULL,
    lang      TEXT NOT NULL,
    digest    TEXT NOT NULL,
    truncated INTEGER NOT NULL,
    html      BLOB NOT NULL,
    published INTEGER NOT NULL DEFAULT 0,  -- as this capture declared it; 0: the entry's
    zone      INTEGER NOT NULL DEFAULT 0,  -- seconds east of UTC that the date was written in
    declared  TEXT NOT NULL DEFAULT ''     -- the language that the source declared
);
CREATE INDEX version_entry ON version (entry);

-- The figure that claims share across outlets and languages.
CREATE TABLE story (
    id          INTEGER PRIMARY KEY,
    topic       TEXT NOT NULL,
    unit        TEXT NOT NULL,
    measure     TEXT NOT NULL,              -- as compared
    mode        TEXT NOT NULL,
    figure      TEXT NOT NULL,
    first_claim INTEGER NOT NULL DEFAULT 0, -- the claim of its first finding; 0 while nothing was told
    closed      INTEGER NOT NULL DEFAULT 0, -- when; 0 while it is open
    closed_why  TEXT NOT NULL DEFAULT '',
    UNIQUE (topic, unit, measure, mode, figure)
);

-- One figure, by one claimant, in one entry.
CREATE TABLE claim (
    id          INTEGER PRIMARY KEY,
    entry       INTEGER NOT NULL REFERENCES entry (id),
    version     INTEGER NOT NULL REFERENCES version (id), -- the first that had it
    captured    INTEGER NOT NULL,
    published   INTEGER NOT NULL,
    topic       TEXT NOT NULL,
    low         INTEGER,
    high        INTEGER,
    qualifier   TEXT NOT NULL,
    unit        TEXT NOT NULL,
    measure     TEXT NOT NULL,
    mode        TEXT NOT NULL,
    increment   INTEGER NOT NULL,
    claimant    TEXT NOT NULL,             -- '' when nobody is named
    speaker     TEXT NOT NULL,
    as_of       INTEGER NOT NULL,
    scope       TEXT NOT NULL,
    quote       TEXT NOT NULL,
    sentence    TEXT NOT NULL,
    span_start  INTEGER NOT NULL,
    span_end    INTEGER NOT NULL,
    in_title    INTEGER NOT NULL,
    lang        TEXT NOT NULL,
    rule        TEXT NOT NULL,
    in_feed     INTEGER NOT NULL,          -- the entry's latest feed text has it
    in_page     INTEGER NOT NULL,          -- the entry's latest article has it
    vanished    INTEGER REFERENCES version (id), -- the version that no longer had it; its own when it only tells of the drop
    replaced_by INTEGER REFERENCES claim (id),   -- the claim that is compared with it since
    kind        TEXT NOT NULL DEFAULT '',  -- the verdict; '' until it is compared
    story       INTEGER REFERENCES story (id),
    returns     INTEGER REFERENCES claim (id)    -- the same claim of an earlier version, when one in between had it no more
);
CREATE INDEX claim_entry ON claim (entry);
CREATE INDEX claim_captured ON claim (captured);
CREATE INDEX claim_story ON claim (story);
CREATE INDEX claim_replaced ON claim (replaced_by) WHERE replaced_by IS NOT NULL;

-- Figures known besides what was read: from the configuration, or added by a person.
CREATE TABLE baseline (
    id        INTEGER PRIMARY KEY,
    topic     TEXT NOT NULL,
    origin    TEXT NOT NULL,              -- config or added
    low       INTEGER,
    high      INTEGER,
    qualifier TEXT NOT NULL,
    unit      TEXT NOT NULL,
    measure   TEXT NOT NULL,
    mode      TEXT NOT NULL,
    increment INTEGER NOT NULL,
    claimant  TEXT NOT NULL,
    said      INTEGER NOT NULL,
    source    TEXT NOT NULL,
    added_by  TEXT NOT NULL,
    why       TEXT NOT NULL,
    added     INTEGER NOT NULL,
    ended     INTEGER NOT NULL DEFAULT 0, -- when it left the configuration or was removed
    ended_by  TEXT NOT NULL DEFAULT '',   -- who removed it; '' when it left the configuration
    ended_why TEXT NOT NULL DEFAULT ''
);
CREATE INDEX baseline_topic ON baseline (topic, ended);

-- The claims that make figures known. low and high are the number as worded,
-- hedge and open end aside.
CREATE TABLE told (
    claim   INTEGER PRIMARY KEY REFERENCES claim (id),
    topic   TEXT NOT NULL,
    unit    TEXT NOT NULL,
    measure TEXT NOT NULL,              -- as compared
    mode    TEXT NOT NULL,
    low     INTEGER NOT NULL,
    high    INTEGER NOT NULL
);
CREATE INDEX told_figure ON told (topic, unit, measure, mode, low, high);

-- A sum made of a claimant's standing total and an increment. The record names its parts.
CREATE TABLE derived (
    id     INTEGER PRIMARY KEY,
    claim  INTEGER NOT NULL REFERENCES claim (id), -- the increment
    record TEXT NOT NULL                           -- JSON
);

-- Each claimant's latest claim: by day, then by publication, then by commit.
-- Baseline entries are not here; they stand beside it until a later claim.
CREATE TABLE standing (
    topic     TEXT NOT NULL,
    unit      TEXT NOT NULL,
    measure   TEXT NOT NULL,              -- as compared
    mode      TEXT NOT NULL,
    scope     TEXT NOT NULL,
    claimant  TEXT NOT NULL,
    as_of     INTEGER NOT NULL,           -- the claim's day as compared, never after its capture
    published INTEGER NOT NULL,
    claim     INTEGER NOT NULL REFERENCES claim (id),
    derived   INTEGER REFERENCES derived (id),     -- the sum that stands, when one does
    PRIMARY KEY (topic, unit, measure, mode, scope, claimant)
);

-- Who reported a story since its first finding, and in which words: "outlet
-- kyodo", "text 31f3c..." with one of the prints by which copies of a text are found.
CREATE TABLE story_origin (
    story  INTEGER NOT NULL REFERENCES story (id),
    origin TEXT NOT NULL,
    claim  INTEGER REFERENCES claim (id),  -- the first that had it
    PRIMARY KEY (story, origin)
);

-- A claim worth telling. What it is held against is kept as it was told.
CREATE TABLE finding (
    id      INTEGER PRIMARY KEY,
    claim   INTEGER NOT NULL UNIQUE REFERENCES claim (id),
    story   INTEGER NOT NULL REFERENCES story (id),
    kind    TEXT NOT NULL,
    reasons TEXT NOT NULL,  -- JSON
    against TEXT NOT NULL,  -- JSON
    created INTEGER NOT NULL
);
CREATE INDEX finding_story ON finding (story);
CREATE INDEX finding_created ON finding (created);

-- What a person said of a finding: that it is not worth telling, or was read
-- wrongly. The example is what should have been read, as a line of JSON.
CREATE TABLE judgement (
    id      INTEGER PRIMARY KEY,
    finding INTEGER NOT NULL, -- its id; a replay may have made it no finding since
    verdict TEXT NOT NULL,  -- dismissed or corrected
    by      TEXT NOT NULL,
    why     TEXT NOT NULL,
    made    INTEGER NOT NULL,
    example TEXT NOT NULL
);
CREATE INDEX judgement_finding ON judgement (finding);

-- One post, or the attempt at one.
CREATE TABLE receipt (
    id         INTEGER PRIMARY KEY,
    route      TEXT NOT NULL,
    step       TEXT NOT NULL,
    key        TEXT NOT NULL UNIQUE,
    state      TEXT NOT NULL,
    attempt    INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    channel    TEXT NOT NULL,
    stamp      TEXT NOT NULL,
    error      TEXT NOT NULL,
    started    INTEGER NOT NULL,
    finished   INTEGER NOT NULL
);
CREATE INDEX receipt_sending ON receipt (route) WHERE state = 'sending';

-- One story on one route.
CREATE TABLE alert (
    id         INTEGER PRIMARY KEY,
    story      INTEGER NOT NULL REFERENCES story (id),
    route      TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    posted     INTEGER NOT NULL DEFAULT 0,   -- the revision that readers have
    created    INTEGER NOT NULL,
    due        INTEGER NOT NULL,             -- not before
    channel    TEXT NOT NULL DEFAULT '',
    stamp      TEXT NOT NULL DEFAULT '',
    attempts   INTEGER NOT NULL DEFAULT 0,   -- since the last post that went
    receipt    INTEGER REFERENCES receipt (id), -- the unfinished post that holds it
    UNIQUE (story, route)
);
CREATE INDEX alert_due ON alert (route, due) WHERE revision > posted;
CREATE INDEX alert_created ON alert (created);
CREATE INDEX alert_receipt ON alert (receipt) WHERE receipt IS NOT NULL;

-- The revisions of an alert that no report made: its story was closed.
CREATE TABLE alert_quiet (
    alert    INTEGER NOT NULL REFERENCES alert (id),
    revision INTEGER NOT NULL,
    PRIMARY KEY (alert, revision)
);

-- The alerts that a post shows, and the revision of each.
CREATE TABLE receipt_alert (
    receipt  INTEGER NOT NULL REFERENCES receipt (id),
    ordinal  INTEGER NOT NULL,
    alert    INTEGER NOT NULL REFERENCES alert (id),
    revision INTEGER NOT NULL,
    PRIMARY KEY (receipt, ordinal)
);
CREATE INDEX receipt_alert_alert ON receipt_alert (alert);
