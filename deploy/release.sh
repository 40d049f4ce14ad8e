#!/usr/bin/env bash
# Builds the release twice, in two folders, and compares: the same source gives
# the same bytes. Leaves in dist/ the stripped static binary, its checksum and its
# parts list (SBOM, CycloneDX). Usage: deploy/release.sh [VERSION]
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:-$(git describe --tags --always --dirty 2>/dev/null || echo devel)}
out=${OUT:-dist}
mkdir -p "$out"
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

build() { # FOLDER OUTPUT
  (cd "$1" && CGO_ENABLED=0 GOFLAGS=-mod=readonly go build -trimpath -buildvcs=false \
    -ldflags="-s -w -buildid= -X main.version=$version" -o "$2" ./bot)
}

build . "$PWD/$out/membot"
mkdir -p "$copy/elsewhere"
tar --exclude=./.git --exclude="./$out" -cf - . | tar -C "$copy/elsewhere" -xf -
# A cache of its own: the second build compiles everything again.
GOCACHE="$copy/cache" build "$copy/elsewhere" "$copy/membot"
if ! cmp "$out/membot" "$copy/membot"; then
  echo "release: the two builds differ" >&2
  exit 1
fi

(cd "$out" && sha256sum membot > membot.sha256)
deploy/sbom.sh "$out/membot" "$version" > "$out/membot.cdx.json"
size=$(stat -c %s "$out/membot")
echo "membot $version: $size bytes, built twice the same, $(cut -c1-16 "$out/membot.sha256")…"
limit=$((25 * 1000 * 1000))
if [ "$size" -gt "$limit" ]; then
  echo "release: larger than $limit bytes" >&2
  exit 1
fi
