-- WebAssembly with SIMD (vectors of 4 floats) in Node, without a libc. The linker apart: the driver would call wasm-opt where that is installed.
return {
    compiler = "clang", flags = "--target=wasm32 -msimd128", vectors = true, freestanding = true, port = "wasm.c",
    linker = "wasm-ld", link = "--no-entry --stack-first -z stack-size=65536", runner = "node tests/targets/support/run.mjs",
}
