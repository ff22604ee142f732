#!/bin/sh
# Builds Gorse from the Go module proxy into this folder, for npm run bench -- serve. The release is the newest that the proxy has under
# the name of its own module file; "go install" also asks for a list of releases, which not every proxy gives.
set -e
version=v0.4.15
folder=$(cd "$(dirname "$0")" && pwd)
cd "$(mktemp -d)"
go mod init peers
source=$(go mod download -json "github.com/zhenghaoz/gorse@$version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
cd "$source"
go build -buildvcs=false -o "$folder/gorse-in-one" ./cmd/gorse-in-one
