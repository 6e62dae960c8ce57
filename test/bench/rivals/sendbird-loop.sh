#!/usr/bin/env bash
# Erases users at Sendbird in the manner of the scripts that people keep for it: one call for each
# user, 1.5 s between calls, then one GET for the status of each request, round after round until
# all are done. (Sendbird's own engineers published such a loop in 2021, with these pauses: 1.5 s,
# and 4.5 s after a 429.)
#
#   sendbird-loop.sh <file with a user id on each line>
set -euo pipefail

api="$SENDBIRD_BASE_URL/v3/privacy/gdpr"
pause=1.5
pause_after_429=4.5

# Calls until it is not refused for being too fast, and prints the answer.
call() {
  local answer
  while :; do
    answer=$(curl -sS -w '\n%{http_code}' -H "Api-Token: $SENDBIRD_API_TOKEN" \
      -H 'Content-Type: application/json; charset=utf8' "$@")
    case ${answer##*$'\n'} in
      200) printf '%s\n' "${answer%$'\n'*}"; return ;;
      429) sleep "$pause_after_429" ;;
      *) printf 'refused: %s\n' "$answer" >&2; return 1 ;;
    esac
  done
}

field() {
  sed -n 's/.*"'"$1"'":"\([^"]*\)".*/\1/p'
}

requests=()
while IFS= read -r user; do
  body='{"action":"delete","user_ids":["'$user'"],"channel_delete_option":"do_not_delete"}'
  requests+=("$(call -X POST -d "$body" "$api" | field request_id)")
  sleep "$pause"
done < "$1"

while ((${#requests[@]} > 0)); do
  open=()
  for request in "${requests[@]}"; do
    [[ $(call "$api/$request" | field status) == done ]] || open+=("$request")
    sleep "$pause"
  done
  requests=("${open[@]}")
done
