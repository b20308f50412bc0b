#!/usr/bin/env bash
# A supervisor in the shell: who am I, what is ongoing, say once that I am here, watch one change.
#
#   SUPERVISOR=TOKEN examples/curl/supervisor.sh
#
# BASE_URL is the server's address (default http://127.0.0.1:8080). Needs curl and jq.
set -euo pipefail
base=${BASE_URL:-http://127.0.0.1:8080}
: "${SUPERVISOR:?a supervisor token, as the demo prints them}"

# ask QUERY [VARIABLES]: the answer's data; errors end the script with their code.
ask() {
    jq -cn --arg query "$1" --argjson variables "${2:-{\}}" '{query: $query, variables: $variables}' |
        curl -sS "$base/graphql" -H "Authorization: Bearer $SUPERVISOR" -H 'Content-Type: application/json' -d @- |
        jq -e 'if .errors then error(.errors[0].extensions.code + ": " + .errors[0].message) else .data end'
}

echo '== who am I?'
ask '{ viewer { subject roles permissions tokenExpiresAt } }'

echo '== who waits longest?'
ongoing=$(ask '{ ongoingConversations(first: 3) { totalCount asOf edges { node { id state version waitingSince } } } }')
jq -r '.ongoingConversations | "\(.totalCount) ongoing", (.edges[].node | "\(.id) \(.state) \(.waitingSince)")' <<<"$ongoing"

echo '== I am here'
# A key for each thing that one means to do. The same key sent twice has one effect, whatever
# happened to the connection; every mutation takes one.
variables=$(jq -cn --arg key "curl-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" '{key: $key}')
present='mutation Present($key: String!) {
  setPresence(input: { presence: AVAILABLE, idempotencyKey: $key }) { presence asOf errors { code message } }
}'
once=$(ask "$present" "$variables")
again=$(ask "$present" "$variables")
jq '.setPresence | {presence, errors}' <<<"$once"
[ "$once" = "$again" ] && echo 'sent twice, done once'

echo '== what changed since the list was read? (server-sent events, first one)'
# --max-time bounds the wait; head ends the stream after the first event that has data.
after=$(jq '{after: .ongoingConversations.asOf}' <<<"$ongoing")
query='subscription Changes($after: LogCursor) {
  conversationChanges(after: $after) {
    ... on ConversationChangeEvent { cursor change { __typename } conversation { id state } }
  }
}'
jq -cn --arg query "$query" --argjson variables "$after" '{query: $query, variables: $variables}' |
    curl -sSN --max-time 30 "$base/graphql" -H "Authorization: Bearer $SUPERVISOR" \
        -H 'Content-Type: application/json' -H 'Accept: text/event-stream' -d @- 2>/dev/null |
    grep -m1 '^data: {' | cut -d' ' -f2- | jq .data.conversationChanges || true
