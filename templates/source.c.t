% local NAME = M.name:upper()
% local training = M.train ~= nil
% -- Functions of the steps first: they decide what the prologue must hold.
% local function forward_of(step)
%   local files = {step.forward_pass.templates .. ".fwd.c.t"}
%   if step.norm then table.insert(files, 1, "norm.c.t") end
%   functions.write(step, files, "_train")
% end
% for _, step in ipairs(M.predict.steps) do forward_of(step) end
% if training then for _, step in ipairs(M.train.steps) do
%   forward_of(step)
%   if step.backward then functions.write(step, {step.backward_pass.templates .. ".bwd.c.t", "handover.c.t"}, "_train") end
% end end
% M.body = functions.text()
% local drivers = capture("drivers.c.t")
/* ${M.name}.c - the network of ${M.spec}, written by cnngen ${M.version}. Free of any claim by cnngen's authors.
 *
% include("banner.c.t")
 *
 * Predict needs ${M.scratch_bytes} bytes of scratch (buffers alive at once: ${M.predict.lower_bound * (M.double and 8 or 4)}).
% if training then
%   if M.recomputed_macs > 0 then
 * To save memory, backward computes again what takes ${M.recomputed_macs} multiply-adds a sample.
%   end
 * A training step on ${M.samples} sample${M.samples > 1 and "s" or ""} needs a tape of ${M.tape_bytes} bytes. Loss: ${M.loss}. Optimizer: ${M.optimizer.name}.
% if M.parts > 1 then
 * It splits them into ${M.parts} parts of at most ${M.batch}: one thread each when compiled with -fopenmp, one after another without, to the same bits.
% end
% end
 */
#include "${M.header}"

#include <float.h>
#include <string.h>
% if not M.standalone then
% if M.double then
#define CNN_DOUBLE
% end
#include "cnn.h"

#if CNN_RUNTIME_VERSION != 1
#error "${M.name}.c needs version 1 of the cnngen runtime: generate it again"
#endif
% end
% if M.reproducible then

% include("reproducible.c.t")
% end

% if (M.body .. drivers):find("restrict", 1, true) or M.standalone and training then
#ifdef __cplusplus
#define restrict __restrict /* the name C++ compilers have for it */
#endif

% end
typedef ${NAME}_REAL real;
% if M.body:find("REAL_MAX", 1, true) then
#define REAL_MAX ${M.double and "DBL_MAX" or "FLT_MAX"}
% end
% if M.body:find("INLINE ", 1, true) then
/* Where clang leaves small functions with several callers alone, they are slower; gcc's are not. */
#if defined(__clang__) && !defined(__OPTIMIZE_SIZE__)
#define INLINE static inline __attribute__((always_inline))
#else
#define INLINE static inline
#endif
% end
% if M.standalone then

CNNGEN_RUNTIME
% end

% include("vectors.c.t")
% include("block_functions.c.t")
% include("totals.c.t")

% emit(M.body)

% emit(drivers)
% if M.crc then

% include("crc.c.t")
% end
