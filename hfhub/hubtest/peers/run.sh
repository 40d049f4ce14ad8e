#!/usr/bin/env bash
# Installs the peers into a folder of their own, outside the module, and runs the
# comparison. PEERS keeps the folder for the next run.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export PEERS=${PEERS:-$(mktemp -d)}
cp "$here"/*.mjs "$PEERS/"
(cd "$PEERS" && npm install --silent --no-fund --no-audit @huggingface/hub@2.17.5 @huggingface/gguf@0.4.6 >/dev/null)

mkdir -p "$PEERS/ggufpeer"
cat > "$PEERS/ggufpeer/main.go" <<'GO'
package main

import (
	"context"
	"fmt"
	"os"

	parser "github.com/gpustack/gguf-parser-go"
)

func main() {
	url := os.Args[1] + "/" + os.Args[2] + "/resolve/main/" + os.Args[3]
	file, err := parser.ParseGGUFFileRemote(context.Background(), url, parser.SkipCache())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("parameters", uint64(file.Metadata().Parameters))
}
GO
(cd "$PEERS/ggufpeer" && { [ -f go.mod ] || go mod init ggufpeer 2>/dev/null; } &&
  go get github.com/gpustack/gguf-parser-go@v0.28.1 2>/dev/null && go build -o ../gguf-parser .) || echo "gguf-parser-go: not built" >&2

cd "$here/../../.." && go run ./hfhub/hubtest/peers
