-- Cortex-M0 (no floating point unit, faults on every misaligned access), bare metal: QEMU's machine microbit.
return {
    compiler = "arm-none-eabi-gcc", flags = "-mcpu=cortex-m0 -mthumb", freestanding = true, port = "cortex_m.c",
    link = "-nostdlib -T tests/targets/support/cortex_m.ld -Wl,--defsym=code_base=0,--defsym=ram_base=0x20000000,--defsym=ram_size=0x400000 -Wl,--no-warn-rwx-segments", libraries = "-lgcc",
    runner = "qemu-system-arm -M microbit -global nrf51-soc.sram-size=0x400000 -global nrf51-soc.flash-size=0x400000 -display none -monitor none -serial none -semihosting-config enable=on,target=native -kernel",
}
