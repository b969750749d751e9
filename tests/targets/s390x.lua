-- IBM Z, big-endian; float expressions in double under -std=c99 (FLT_EVAL_METHOD 1): Linux under QEMU's user mode.
return {
    compiler = "s390x-linux-gnu-gcc", flags = "", port = "hosted.c", link = "-static", runner = "qemu-s390x", float_flags = "-fexcess-precision=fast",
    needs = {"/usr/s390x-linux-gnu/lib/libc.a"},
}
