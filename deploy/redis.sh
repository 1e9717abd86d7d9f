#!/bin/sh
# Start Valkey (or Redis) with one named user. The password goes through a private file in memory: never on a command
# line, where every process of the host could read it. Nothing vital is kept here, so one second may be lost.
set -eu
umask 077
folder=${REDIS_RUN:-/run/redis}
cat > "$folder/redis.conf" <<END
user default off
user contactcenter on >$REDIS_PASSWORD ~cc:* &* +@all -@admin -@dangerous +info
port ${REDIS_PORT:-6379}
dir ${REDIS_DATA:-/data}
appendonly yes
appendfsync everysec
save ""
maxmemory ${REDIS_MEMORY:-256mb}
maxmemory-policy noeviction
END
exec "${REDIS_SERVER:-valkey-server}" "$folder/redis.conf"
