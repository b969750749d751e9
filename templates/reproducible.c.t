% local limits = M.double and {"DBL", 53, 1024} or {"FLT", 24, 128}
/* Written with --reproducible: the same bits with every compiler, on every target. Each operation rounds once, to ${M.real}; sums have
 * one order; no multiplication is fused with an addition; the runtime is in this file, under the same rules. */
#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) || defined(__NO_SIGNED_ZEROS__) || defined(_M_FP_FAST)
#error "reproducible code cannot be compiled with -ffast-math, -Ofast or a part of them"
#endif
#if FLT_RADIX != 2 || ${limits[1]}_MANT_DIG != ${limits[2]} || ${limits[1]}_MAX_EXP != ${limits[3]}
#error "reproducible code needs the ${M.real} of IEEE 754"
#endif
#if defined(FLT_EVAL_METHOD)
#if FLT_EVAL_METHOD != 0${M.double and " && FLT_EVAL_METHOD != 1" or ""}
#error "this compiler computes in more digits than a ${M.real} has: try -fexcess-precision=fast, on 32-bit x86 -msse2 -mfpmath=sse"
#endif
#endif
#if defined(__clang__)
#if defined(__ARM_FEATURE_MVE) && __ARM_FEATURE_MVE > 1
#error "clang would use vectors that take very small numbers for zero: add +nomve.fp behind the name of -mcpu or -march"
#endif
#pragma clang fp contract(off)
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#if defined(__ARM_FEATURE_MVE) && __ARM_FEATURE_MVE > 1
#pragma GCC optimize("no-tree-loop-vectorize", "no-tree-slp-vectorize") /* its vectors take very small numbers for zero */
#endif
#elif defined(_MSC_VER)
#pragma fp_contract(off)
#elif defined(__STDC_VERSION__) && !defined(__TINYC__)
#pragma STDC FP_CONTRACT OFF
#endif
