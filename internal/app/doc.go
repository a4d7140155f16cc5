// Package app builds the program from its parts and runs it: it is the only place
// where fetching, reading, comparing, storing and telling meet.
//
// # The tour, from the bottom up
//
// The words are [monitor/internal/feed] (what is watched: sources, entries) and
// [monitor/internal/claim] (what is read: a count with its bounds, hedge, measure and
// claimant). They know nothing else.
//
// The decisions are pure. [monitor/internal/detect/text] turns HTML into lines and
// sentences; [monitor/internal/detect/lexicon] has languages, topics and claimants as
// data; [monitor/internal/detect/quantity] finds numbers, and
// [monitor/internal/detect/extract] says which of them are claims;
// [monitor/internal/detect] holds a claim against the record and gives a verdict;
// [monitor/internal/notify] groups what is found into alerts, words them, and says
// what a failed post means.
//
// The edges touch one outside thing each: [monitor/config] the file,
// [monitor/internal/fetch] the web, [monitor/internal/ledger] the database,
// [monitor/internal/notify/slack] Slack, [monitor/internal/web] those who ask how we are.
//
// Here they are put together. desk.go joins what reading and comparing need.
// poll.go is one visit to a source: fetch what is new, follow its articles, read
// them, and commit entries, claims and validators. compare.go takes the claims that
// wait and commits findings with their alerts. deliver.go posts what is due and keeps
// receipts. check.go does each of these once for all sources; daemon.go does them
// on schedule (schedule.go; auto.go follows a source's habit, and rhythm.go puts visits
// off by what servers ask for and by failures), and health.go tells how that goes.
// sight.go says from its history how a source is not seen; watch.go says it once.
//
// # Why a crash loses nothing
//
// The stages never call one another with data: each reads the ledger and commits its
// result together with what makes the next one go on. A visit that was cut short has
// no new validators, so it is made again, and what it had stored is recognised. Claims
// wait behind the mark of comparing. Alerts wait until their receipt says sent, and
// one that says sending is looked up before anything is posted again.
package app
