-- ARMv7 (NEON): Linux under QEMU's user mode.
return {
    compiler = "arm-linux-gnueabihf-gcc", flags = "-mfpu=neon", port = "hosted.c", link = "-static", runner = "qemu-arm",
    needs = {"/usr/arm-linux-gnueabihf/lib/libc.a"},
}
