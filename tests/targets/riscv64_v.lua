-- 64-bit RISC-V with vectors (RVV 1.0, 256 bits), which gcc 12 does not know: Linux under QEMU's user mode.
return {
    compiler = "clang-19", flags = "--target=riscv64-linux-gnu -march=rv64gcv -mabi=lp64d", fused = true, freestanding = true, port = "hosted.c",
    linker = "riscv64-linux-gnu-gcc", port_compiler = "riscv64-linux-gnu-gcc", link = "-static", runner = "qemu-riscv64 -cpu rv64,v=true,vext_spec=v1.0,vlen=256",
    needs = {"/usr/riscv64-linux-gnu/lib/libc.a"},
}
