-- 64-bit RISC-V without vectors: Linux under QEMU's user mode.
return {
    compiler = "riscv64-linux-gnu-gcc", flags = "-march=rv64gc", port = "hosted.c", link = "-static", runner = "qemu-riscv64",
    needs = {"/usr/riscv64-linux-gnu/lib/libc.a"},
}
