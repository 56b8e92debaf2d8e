#!/bin/sh
# As in the official image: arguments that are no command of the system go to node.
case "${1:-}" in
  -* | "") set -- node "$@" ;;
  *) command -v "$1" >/dev/null || set -- node "$@" ;;
esac
exec "$@"
