set -e
gcc  -O1  -Itests/targets/support -c -o 300/host/port0.o tests/targets/support/hosted.c
