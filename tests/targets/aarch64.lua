-- 64-bit ARM (NEON): Linux under QEMU's user mode.
return {
    compiler = "aarch64-linux-gnu-gcc", flags = "", vectors = true, port = "hosted.c", link = "-static", runner = "qemu-aarch64",
    needs = {"/usr/aarch64-linux-gnu/lib/libc.a"},
}
