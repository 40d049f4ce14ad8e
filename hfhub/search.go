package hfhub

import (
	"context"
	"net/url"
	"strconv"

	"github.com/tidwall/gjson"
)

const (
	maxSearch = 4 << 20 // bytes
	maxWords  = 200     // bytes of a search
	maxFound  = 100
)

// Found is a model that a search brought.
type Found struct {
	ID        string
	Downloads int64
	Library   string
	Pipeline  string
	Gated     string // as in Info
}

// Search finds models by words of their names, the most downloaded first.
func (c *Client) Search(ctx context.Context, words string, limit int) ([]Found, error) {
	words = oneLine(words)
	if words == "" || len(words) > maxWords {
		return nil, badID("search for one to a few words")
	}
	limit = min(max(limit, 1), maxFound)
	at := c.endpoint.JoinPath("api/models")
	query := url.Values{"search": {words}, "sort": {"downloads"}, "limit": {strconv.Itoa(limit)}}
	for _, field := range []string{"downloads", "library_name", "pipeline_tag", "gated"} {
		query.Add("expand", field)
	}
	at.RawQuery = query.Encode()
	key := c.key("search", words, strconv.Itoa(limit))
	k, _, err := c.through(ctx, key, false, func(ctx context.Context) ([]byte, error) {
		return c.askSearch(ctx, at)
	})
	if err != nil {
		return nil, err
	}
	return parseFound(k.body, limit), nil
}

func (c *Client) askSearch(ctx context.Context, at *url.URL) ([]byte, error) {
	var body []byte
	err := c.fetch(ctx, request{url: at, bucket: bucketAPI, read: func(r *response) error {
		text, err := readAll(r.body, maxSearch)
		if err != nil {
			return err
		}
		if err := validJSON(text); err != nil {
			return err
		}
		if !gjson.ParseBytes(text).IsArray() {
			return broken("not a list of models")
		}
		body = text
		return nil
	}})
	return body, err
}

func parseFound(text []byte, limit int) []Found {
	var found []Found
	gjson.ParseBytes(text).ForEach(func(_, one gjson.Result) bool {
		f := Found{ID: text1(one, "id"), Library: text1(one, "library_name"), Pipeline: text1(one, "pipeline_tag"), Gated: gate(one.Get("gated"))}
		f.Downloads, _ = whole(one.Get("downloads"))
		if (Ref{ID: f.ID}).check() == nil {
			found = append(found, f)
		}
		return len(found) < limit
	})
	return found
}
