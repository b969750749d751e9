-- 32-bit x86 with the x87 unit only: expressions have more bits than float (FLT_EVAL_METHOD 2): Linux under QEMU's user mode.
return {
    compiler = "i686-linux-gnu-gcc", flags = "-march=pentium3 -mno-sse -mfpmath=387", port = "hosted.c", link = "-static", runner = "qemu-i386", extended = true,
    needs = {"/usr/i686-linux-gnu/lib/libc.a"},
}
