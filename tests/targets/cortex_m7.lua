-- Cortex-M7 (with double), bare metal: QEMU's machine mps2-an500.
return {
    compiler = "arm-none-eabi-gcc", flags = "-mcpu=cortex-m7 -mthumb -mfloat-abi=hard -mfpu=fpv5-d16", freestanding = true, port = "cortex_m.c",
    link = "-nostdlib -T tests/targets/support/cortex_m.ld -Wl,--defsym=code_base=0,--defsym=ram_base=0x20000000,--defsym=ram_size=0x400000 -Wl,--no-warn-rwx-segments", libraries = "-lgcc",
    runner = "qemu-system-arm -M mps2-an500 -display none -monitor none -serial none -semihosting-config enable=on,target=native -kernel",
}
