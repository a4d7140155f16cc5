package slackfake

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Slack's limits, in characters or pieces, as its reference has them. The sum of
// all blocks is not in it; messages a little above this were refused.
const (
	maxText         = 40000
	maxBlocks       = 50
	maxBlockID      = 255
	maxHeader       = 150
	maxSection      = 3000
	maxFields       = 10
	maxField        = 2000
	maxContext      = 10
	maxActions      = 25
	maxAlt          = 2000
	maxButton       = 75
	maxButtonValue  = 2000
	maxURL          = 3000
	maxTableRows    = 100
	maxTableColumns = 20
	maxMarkdown     = 12000
	maxSum          = 13200
)

// check holds a message against the limits that do not depend on where it goes.
func check(in args) answer {
	blocks := raw(in["blocks"])
	switch {
	case strings.TrimSpace(in["text"]) == "" && blocks == nil:
		return refuse("no_text")
	case utf8.RuneCountInString(in["text"]) > maxText:
		return refuse("msg_too_long")
	}
	if meta := raw(in["metadata"]); meta != nil {
		var m struct {
			Type    string         `json:"event_type"`
			Payload map[string]any `json:"event_payload"`
		}
		if json.Unmarshal(meta, &m) != nil || m.Type == "" || m.Payload == nil {
			return refuse("invalid_metadata_format")
		}
	}
	if blocks == nil {
		return answer{}
	}
	var list []block
	if err := json.Unmarshal(blocks, &list); err != nil {
		return refuse("invalid_blocks_format", err.Error())
	}
	c := checker{ids: map[string]bool{}}
	c.all(list)
	switch {
	case len(c.notes) > 0:
		return refuse("invalid_blocks", c.notes...)
	case c.sum > maxSum:
		return refuse("msg_blocks_too_long")
	}
	return answer{}
}

// block is any block, element or text object: Slack's have their fields in common.
type block struct {
	Type      string          `json:"type"`
	BlockID   string          `json:"block_id"`
	Text      json.RawMessage `json:"text"` // an object, or a string in rich text
	Fields    []block         `json:"fields"`
	Elements  []block         `json:"elements"`
	Accessory *block          `json:"accessory"`
	AltText   string          `json:"alt_text"`
	ImageURL  string          `json:"image_url"`
	URL       string          `json:"url"`
	Value     string          `json:"value"`
	ActionID  string          `json:"action_id"`
	Rows      [][]*block      `json:"rows"`
	Style     json.RawMessage `json:"style"`
}

// checker collects what is wrong, and the sum of all characters.
type checker struct {
	notes []string
	ids   map[string]bool
	sum   int
}

func (c *checker) wrong(where, format string, a ...any) {
	c.notes = append(c.notes, "[ERROR] "+fmt.Sprintf(format, a...)+" [json-pointer:"+where+"]")
}

func (c *checker) all(list []block) {
	if len(list) > maxBlocks {
		c.wrong("/blocks", "no more than %d items allowed", maxBlocks)
	}
	for i, b := range list {
		at := fmt.Sprintf("/blocks/%d", i)
		if utf8.RuneCountInString(b.BlockID) > maxBlockID {
			c.wrong(at+"/block_id", "must be no more than %d characters", maxBlockID)
		}
		if b.BlockID != "" && c.ids[b.BlockID] {
			c.wrong(at+"/block_id", "`block_id` %s already exists", b.BlockID)
		}
		c.ids[b.BlockID] = true
		c.block(at, b)
	}
}

func (c *checker) block(at string, b block) {
	switch b.Type {
	case "section":
		if b.Text == nil && len(b.Fields) == 0 {
			c.wrong(at, "missing required field: text")
		}
		if b.Text != nil {
			c.object(at+"/text", b.Text, maxSection, "")
		}
		c.count(at+"/fields", len(b.Fields), 0, maxFields)
		for i, f := range b.Fields {
			c.textOf(fmt.Sprintf("%s/fields/%d", at, i), f, maxField, "")
		}
		if b.Accessory != nil {
			c.element(at+"/accessory", *b.Accessory)
		}
	case "header":
		c.object(at+"/text", b.Text, maxHeader, "plain_text")
	case "context":
		c.count(at+"/elements", len(b.Elements), 1, maxContext)
		for i, e := range b.Elements {
			if e.Type != "image" {
				c.textOf(fmt.Sprintf("%s/elements/%d", at, i), e, maxSection, "")
			}
		}
	case "actions":
		c.count(at+"/elements", len(b.Elements), 1, maxActions)
		for i, e := range b.Elements {
			c.element(fmt.Sprintf("%s/elements/%d", at, i), e)
		}
	case "image":
		c.length(at+"/alt_text", b.AltText, 1, maxAlt)
		c.length(at+"/image_url", b.ImageURL, 1, maxURL)
	case "markdown":
		c.text(at+"/text", b.Text, maxMarkdown)
	case "rich_text":
		c.count(at+"/elements", len(b.Elements), 1, 1<<20)
		for i, e := range b.Elements {
			c.rich(fmt.Sprintf("%s/elements/%d", at, i), e)
		}
	case "table":
		c.table(at, b)
	case "divider", "video", "data_visualization":
	default:
		c.wrong(at+"/type", "unsupported type: %s", b.Type)
	}
}

func (c *checker) table(at string, b block) {
	c.count(at+"/rows", len(b.Rows), 1, maxTableRows)
	for i, row := range b.Rows {
		where := fmt.Sprintf("%s/rows/%d", at, i)
		c.count(where, len(row), 1, maxTableColumns)
		for _, cell := range row {
			switch {
			case cell == nil:
			case cell.Type == "raw_text":
				c.text(where, cell.Text, maxSection)
			case cell.Type == "rich_text":
				c.block(where, *cell)
			case cell.Type != "raw_number":
				c.wrong(where, "unsupported type: %s", cell.Type)
			}
		}
	}
}

// rich checks what stands in a rich_text block, lists within it included.
func (c *checker) rich(at string, e block) {
	switch e.Type {
	case "rich_text_section", "rich_text_quote", "rich_text_preformatted", "rich_text_list":
		c.count(at+"/elements", len(e.Elements), 1, 1<<20)
		for i, child := range e.Elements {
			where := fmt.Sprintf("%s/elements/%d", at, i)
			if e.Type == "rich_text_list" && child.Type != "rich_text_section" {
				c.wrong(where, "unsupported type: %s", child.Type)
			}
			c.rich(where, child)
		}
	case "text":
		c.text(at+"/text", e.Text, maxSection)
	case "link":
		c.address(at+"/url", e.URL)
		if e.Text != nil {
			c.text(at+"/text", e.Text, maxSection)
		}
	case "emoji", "user", "channel", "broadcast", "date", "color", "usergroup":
	default:
		c.wrong(at+"/type", "unsupported type: %s", e.Type)
	}
}

// element checks a button or another thing to press.
func (c *checker) element(at string, e block) {
	if utf8.RuneCountInString(e.ActionID) > maxBlockID {
		c.wrong(at+"/action_id", "must be no more than %d characters", maxBlockID)
	}
	if e.Type != "button" {
		return
	}
	c.object(at+"/text", e.Text, maxButton, "plain_text")
	c.length(at+"/value", e.Value, 0, maxButtonValue)
	if e.URL != "" {
		c.address(at+"/url", e.URL)
	}
}

func (c *checker) object(at string, data json.RawMessage, limit int, only string) {
	var o block
	if err := json.Unmarshal(data, &o); err != nil {
		c.wrong(at, "missing required field: text")
		return
	}
	c.textOf(at, o, limit, only)
}

func (c *checker) textOf(at string, o block, limit int, only string) {
	switch {
	case o.Type != "plain_text" && o.Type != "mrkdwn":
		c.wrong(at+"/type", "must be plain_text or mrkdwn, not %q", o.Type)
	case only != "" && o.Type != only:
		c.wrong(at+"/type", "must be %s", only)
	}
	c.text(at+"/text", o.Text, limit)
}

func (c *checker) text(at string, data json.RawMessage, limit int) {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		c.wrong(at, "must be a string")
		return
	}
	c.length(at, s, 1, limit)
}

func (c *checker) length(at, s string, least, most int) {
	n := utf8.RuneCountInString(s)
	c.sum += n
	if n < least {
		c.wrong(at, "must be more than %d characters", least-1)
	}
	if n > most {
		c.wrong(at, "must be no more than %d characters", most)
	}
}

func (c *checker) count(at string, n, least, most int) {
	if n < least {
		c.wrong(at, "no fewer than %d items allowed", least)
	}
	if n > most {
		c.wrong(at, "no more than %d items allowed", most)
	}
}

func (c *checker) address(at, s string) {
	c.length(at, s, 1, maxURL)
	if u, err := url.Parse(s); err != nil || u.Scheme == "" {
		c.wrong(at, "must be a valid url")
	}
}

// idsOf are the block ids that a message has.
func idsOf(blocks json.RawMessage) []string {
	var list []block
	if blocks == nil || json.Unmarshal(blocks, &list) != nil {
		return nil
	}
	var ids []string
	for _, b := range list {
		if b.BlockID != "" {
			ids = append(ids, b.BlockID)
		}
	}
	return ids
}
