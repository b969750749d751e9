-- Cortex-M55 by clang 19 (14 computes wrong sums for it): QEMU's machine mps3-an547.
local gcc = dofile("tests/targets/cortex_m55.lua")
gcc.fused, gcc.linker, gcc.link = true, "arm-none-eabi-gcc", "-mcpu=cortex-m55 -mthumb -mfloat-abi=hard " .. gcc.link
gcc.optimize, gcc.compiler, gcc.flags = nil, "clang-19", "--target=thumbv8.1m.main-none-eabihf -mcpu=cortex-m55 -mfloat-abi=hard"
return gcc
