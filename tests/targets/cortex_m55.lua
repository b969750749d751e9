-- Cortex-M55 (Helium vectors of 4 floats), bare metal: QEMU's machine mps3-an547.
return {
    compiler = "arm-none-eabi-gcc", flags = "-mcpu=cortex-m55 -mthumb -mfloat-abi=hard", vectors = true, optimize = "-O3", freestanding = true, port = "cortex_m.c",
    link = "-nostdlib -T tests/targets/support/cortex_m.ld -Wl,--defsym=code_base=0,--defsym=ram_base=0x60000000,--defsym=ram_size=0x1000000 -Wl,--no-warn-rwx-segments", libraries = "-lgcc",
    runner = "qemu-system-arm -M mps3-an547 -display none -monitor none -serial none -semihosting-config enable=on,target=native -kernel",
}
