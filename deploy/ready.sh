#!/bin/bash
# Whether the process in this container can work: asks /ready of its metrics listener, with nothing but bash.
set -eu
exec 3<>/dev/tcp/127.0.0.1/9464
printf 'GET /ready HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
read -r _ status _ <&3
[ "$status" = 200 ]
