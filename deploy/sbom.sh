#!/usr/bin/env bash
# Prints a binary's parts list (SBOM, CycloneDX 1.5) from what the Go linker wrote
# into it: the modules it really holds. Usage: deploy/sbom.sh BINARY VERSION
set -euo pipefail
go version -m "$1" | awk -v version="$2" -v sum="$(sha256sum "$1" | cut -d' ' -f1)" '
function quote(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); return "\"" s "\"" }
function part(path, v, hash) {
  purl = "pkg:golang/" path "@" v
  printf "%s\n    {\"type\": \"library\", \"bom-ref\": %s, \"name\": %s, \"version\": %s, \"purl\": %s", sep, quote(purl), quote(path), quote(v), quote(purl)
  if (hash != "") printf ", \"properties\": [{\"name\": \"go:sum\", \"value\": %s}]", quote(hash)
  printf "}"
  sep = ","
}
NR == 1 {
  printf "{\n  \"bomFormat\": \"CycloneDX\",\n  \"specVersion\": \"1.5\",\n  \"version\": 1,\n"
  printf "  \"metadata\": {\"component\": {\"type\": \"application\", \"bom-ref\": \"membot\", \"name\": \"membot\", \"version\": %s, ", quote(version)
  printf "\"hashes\": [{\"alg\": \"SHA-256\", \"content\": %s}]}},\n  \"components\": [", quote(sum)
  split($0, words, ": ")
  sub(/^go/, "", words[2])
  part("std", words[2], "")
}
$1 == "dep" { part($2, $3, $4) }
END { printf "\n  ]\n}\n" }'
