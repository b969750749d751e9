-- POWER, 64 bits, big-endian, AltiVec and VSX: Linux under QEMU's user mode.
return {
    compiler = "powerpc64-linux-gnu-gcc", flags = "-mcpu=power8", vectors = true, port = "hosted.c", link = "-static", runner = "qemu-ppc64 -cpu power9",
    needs = {"/usr/powerpc64-linux-gnu/lib/libc.a"},
}
