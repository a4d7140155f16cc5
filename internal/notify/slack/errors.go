package slack

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"monitor/internal/notify"
)

// mend says what a person can do about a code that trying again does not help.
var mend = map[string]string{
	"invalid_auth":                      "Slack does not know this token; copy the bot token (xoxb-...) of the installed app",
	"not_authed":                        "no token reached Slack; set notify.slack.token",
	"account_inactive":                  "the app or its account was removed; install it again and take the new token",
	"token_revoked":                     "the token was revoked; install the app again and take the new token",
	"token_expired":                     "the token has expired; take a new one",
	"no_permission":                     "the app may not post; give it the scope chat:write and install it again",
	"missing_scope":                     "the app lacks a scope; add it under OAuth & Permissions and install it again",
	"not_allowed_token_type":            "this is not a bot token; use the one that begins with xoxb-",
	"org_login_required":                "the workspace is moving to an organisation; try again when it has moved",
	"access_denied":                     "the workspace's administrators do not let the app post",
	"ekm_access_denied":                 "the workspace's administrators have suspended posting",
	"team_access_not_granted":           "the app is not installed in this workspace",
	"channel_not_found":                 "no such channel, or a private one without the app; check notify.slack.channel, or use the channel's id",
	"not_in_channel":                    "invite the app to the channel: /invite @app",
	"is_archived":                       "the channel is archived; unarchive it or choose another",
	"channel_is_archived":               "the channel is archived; unarchive it or choose another",
	"restricted_action":                 "the channel's settings do not let the app post",
	"posting_to_general_channel_denied": "the app may not post to the general channel; choose another",
	"action_prohibited":                 "the workspace's administrators have restricted this webhook",
	"invalid_token":                     "the webhook is no longer valid; make a new one",
	"no_service":                        "the webhook was removed or disabled; make a new one",
	"no_service_id":                     "the webhook's address is incomplete; copy it again",
	"no_active_hooks":                   "the webhook is disabled; make a new one",
	"no_team":                           "the webhook's workspace is gone or its address is wrong; copy it again",
	"team_disabled":                     "the workspace is disabled",
	"user_not_found":                    "the webhook's user is gone; make a new one",
}

// alone are the codes that refuse one message for what it holds; others may pass.
var alone = map[string]string{
	"invalid_blocks":          "Slack refused the message, with blocks and without",
	"invalid_blocks_format":   "Slack refused the message, with blocks and without",
	"msg_blocks_too_long":     "Slack refused the message, with blocks and without",
	"msg_too_long":            "the message is too long for Slack",
	"no_text":                 "the message came out empty",
	"invalid_metadata_format": "Slack refused the message's key",
	"metadata_too_large":      "Slack refused the message's key",
	"invalid_payload":         "Slack refused the message's form",
	"invalid_arguments":       "Slack refused the message's form",
}

// later are the codes of a post that did not happen but may soon.
var later = map[string]time.Duration{
	"ratelimited":            30 * time.Second,
	"rate_limited":           30 * time.Second,
	"request_timeout":        0, // Slack saw the request cut short
	"service_unavailable":    30 * time.Second,
	"team_added_to_org":      5 * time.Minute,
	"message_limit_exceeded": 10 * time.Minute,
}

// open are the codes after which Slack itself does not say whether it posted.
var open = map[string]bool{"internal_error": true, "fatal_error": true, "rollup_error": true}

// gone are the codes of an edit or reply to what is no longer there.
var gone = map[string]bool{
	"message_not_found": true, "cant_update_message": true, "edit_window_closed": true,
	"thread_not_found": true, "cannot_reply_to_message": true,
}

func refusedBlocks(err error) bool {
	var f *fault
	if !errors.As(err, &f) {
		return false
	}
	switch f.code {
	case "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long":
		return true
	}
	return false
}

// judge sorts a failed call by what to do next.
func (n *Notifier) judge(err error, m message) error {
	var f *fault
	if !errors.As(err, &f) {
		return &notify.AmbiguousError{Err: n.shown(err)} // unreachable: every call returns faults
	}
	wait, waits := later[f.code]
	switch {
	case f.after > 0:
		return &notify.RetryAfterError{After: f.after, Err: n.shown(errors.New("too many messages"))}
	case waits:
		return &notify.RetryAfterError{After: wait, Err: n.shown(f)}
	case gone[f.code] && (m.edit != "" || m.thread != ""):
		return notify.ErrGone
	case alone[f.code] != "":
		return &notify.PermanentError{Code: f.code, Mend: alone[f.code], Only: true}
	case open[f.code]:
		return &notify.AmbiguousError{Err: n.shown(f)}
	case f.status == http.StatusTooManyRequests:
		// Without Retry-After this is the workspace's limit on messages, which lasts.
		return &notify.RetryAfterError{After: later["message_limit_exceeded"], Err: n.shown(f)}
	case f.code != "" && f.status < 500:
		return &notify.PermanentError{Code: n.secret(code(f)), Mend: mend[f.code]}
	case f.status >= 500 || f.status == http.StatusRequestTimeout:
		return &notify.AmbiguousError{Err: n.shown(f)}
	case f.status >= 300:
		return &notify.PermanentError{Code: f.Error(), Mend: "this address is not Slack's; check notify.slack"}
	case !f.written:
		return &notify.RetryAfterError{Err: n.shown(f)}
	default:
		return &notify.AmbiguousError{Err: n.shown(f)}
	}
}

// code is Slack's code, with the scope it asks for. A page where a code should be is cut short.
func code(f *fault) string {
	c := f.code
	if len(c) > 60 {
		c = c[:60]
	}
	if f.needed != "" {
		c += " (" + f.needed + ")"
	}
	return c
}

// unreadable is the error of a look into the history: one that will not get better is ErrNoHistory.
func (n *Notifier) unreadable(err error) error {
	judged := n.judge(err, message{})
	if _, ok := errors.AsType[*notify.PermanentError](judged); ok {
		return errors.Join(notify.ErrNoHistory, judged)
	}
	return judged
}

// bare takes the address off an error: with a webhook it is the secret.
func bare(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	return err
}
