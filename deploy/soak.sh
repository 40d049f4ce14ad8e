#!/usr/bin/env bash
# Asks a real membot, with a real redis-server and a Hub for tests, at a fixed rate
# while faults are switched on and off, and prints latency, heap, goroutines and
# errors. Usage: deploy/soak.sh [TIME] [RATE], such as deploy/soak.sh 30m 50
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-30m} rate=${2:-50}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o "$dir/membot" ./bot
MEMBOT_BIN="$dir/membot" SOAK_TIME="$time" SOAK_RATE="$rate" \
  go test -tags soak -count=1 -timeout 0 -v -run '^TestSoak$' ./bot
