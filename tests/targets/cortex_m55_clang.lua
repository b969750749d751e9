-- Cortex-M55 as clang sees it (gcc's masks of Helium are another story): QEMU's machine mps3-an547.
local gcc = dofile("tests/targets/cortex_m55.lua")
gcc.linker, gcc.link = "arm-none-eabi-gcc", "-mcpu=cortex-m55 -mthumb -mfloat-abi=hard " .. gcc.link
gcc.compiler, gcc.flags = "clang", "--target=thumbv8.1m.main-none-eabihf -mcpu=cortex-m55 -mfloat-abi=hard"
return gcc
