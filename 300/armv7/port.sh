set -e
arm-linux-gnueabihf-gcc -mfpu=neon -O1  -Itests/targets/support -c -o 300/armv7/port0.o tests/targets/support/hosted.c
