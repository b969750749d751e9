-- MIPS, 32 bits, big-endian: Linux under QEMU's user mode.
return {
    compiler = "mips-linux-gnu-gcc", flags = "", port = "hosted.c", link = "-static", runner = "qemu-mips",
    needs = {"/usr/mips-linux-gnu/lib/libc.a"},
}
