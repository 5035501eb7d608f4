#!/usr/bin/env bash
# Makes what deploy/compose.yaml keeps secret: random passwords, the key of the metadata, a certificate for tries.
#   deploy/secrets.sh [HOST]     writes deploy/secrets/, keeps what stands there; prints the password of the user `datafyme`
set -euo pipefail
cd "$(dirname "$0")"
host=${1:-localhost}
umask 077
mkdir -p secrets
# Containers read these as users of their own; nobody else comes past the directory.
chmod 700 secrets
make() { [ -s "secrets/$1" ] || { "${@:2}" >"secrets/$1.new" && chmod 444 "secrets/$1.new" && mv "secrets/$1.new" "secrets/$1"; }; }
random() { openssl rand -hex 24; }
make metadata-password random
make metadata-key openssl rand 32
make milvus-password random
make minio-user echo datafyme
make minio-password random
make neo4j-password random
make neo4j-auth sh -c 'printf "neo4j/%s" "$(cat secrets/neo4j-password)"'
make site-password random
make htpasswd sh -c 'printf "datafyme:%s\n" "$(openssl passwd -apr1 -in secrets/site-password)"'
if [ ! -s secrets/tls.key ]; then
  openssl req -x509 -newkey rsa:2048 -nodes -keyout secrets/tls.key -out secrets/tls.crt -days 365 \
    -subj "/CN=$host" -addext "subjectAltName=DNS:$host" 2>/dev/null
  chmod 444 secrets/tls.key secrets/tls.crt
fi
# Milvus takes its passwords from the environment alone.
printf 'DATAFYME_HOST=%s\nMINIO_PASSWORD=%s\nMILVUS_PASSWORD=%s\n' \
  "$host" "$(cat secrets/minio-password)" "$(cat secrets/milvus-password)" >.env
echo "https://$host, user datafyme, password $(cat secrets/site-password)"
