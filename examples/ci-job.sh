#!/bin/sh
# A job of a pipeline: makes a target for a review environment and prints its id. Whoever may reach the targets of the
# project reaches it from then on.
#
#   POSTERN_ADDR=https://postern.example POSTERN_TOKEN=postern_at_… ./ci-job.sh p_… review-17 10.0.0.17 5432
#
# The two variables are all it needs: nobody signs in, and nothing is written to disk. The token is one of a service
# user, issued by `postern users issue-api-token` and kept among the secrets of the pipeline.
set -eu
project=$1 name=$2 address=$3 port=$4

# Runs a command that makes something, and prints the id of what it made.
made() {
  said=$(postern "$@") || exit $?
  printf '%s\n' "$said" | sed -n 's/^  ID: *//p'
}

catalog=$(made host-catalogs create static -scope-id="$project" -name="$name")
host=$(made hosts create static -host-catalog-id="$catalog" -name="$name" -address="$address")
set=$(made host-sets create static -host-catalog-id="$catalog" -name="$name")
postern host-sets add-hosts -id="$set" -host="$host" > /dev/null
target=$(made targets create tcp -scope-id="$project" -name="$name" -default-port="$port")
postern targets add-host-sources -id="$target" -host-source="$set" > /dev/null
printf '%s\n' "$target"
