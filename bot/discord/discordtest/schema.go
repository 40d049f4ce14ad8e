package discordtest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schema is Discord's OpenAPI file, where it is there.
type schema struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
}

var schemaOnce = sync.OnceValues(readSchema)

// loadSchema finds the file beside the project; without it only our own rules
// are held against requests, and the log says so.
func loadSchema(t testing.TB) *schema {
	t.Helper()
	s, err := schemaOnce()
	if err != nil {
		t.Logf("discordtest: Discord's OpenAPI file is not used: %v", err)
		return nil
	}
	return s
}

func readSchema() (*schema, error) {
	root, err := projectRoot()
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(root, "..", "shared", "data", "discord-openapi.json"))
	if err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("discord.json", document); err != nil {
		return nil, err
	}
	return &schema{compiler: c, compiled: map[string]*jsonschema.Schema{}}, nil
}

// projectRoot is the folder that holds go.mod.
func projectRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", os.ErrNotExist
		}
		dir = up
	}
}

// validate holds a payload against the request body of a route.
func (s *schema) validate(path, method string, payload []byte) error {
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	pointer := "discord.json#/paths/" + escape.Replace(path) + "/" + method + "/requestBody/content/application~1json/schema"
	s.mu.Lock()
	compiled, ok := s.compiled[pointer]
	if !ok {
		var err error
		if compiled, err = s.compiler.Compile(pointer); err != nil {
			s.mu.Unlock()
			return err
		}
		s.compiled[pointer] = compiled
	}
	s.mu.Unlock()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(payload))
	if err != nil {
		return err
	}
	return compiled.Validate(value)
}
