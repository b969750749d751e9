-- 32-bit x86 (SSE2): Linux under QEMU's user mode.
return {
    compiler = "i686-linux-gnu-gcc", flags = "-msse2 -mfpmath=sse", vectors = true, port = "hosted.c", link = "-static", runner = "qemu-i386",
    needs = {"/usr/i686-linux-gnu/lib/libc.a"},
}
