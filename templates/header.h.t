% local NAME = M.name:upper()
% local training = M.train ~= nil
/* ${M.name}.h - the network of ${M.spec}, written by cnngen ${M.version}.
 *
% include("banner.c.t")
 *
 * Images are channels last. No function allocates, keeps state of its own or calls back; all memory is the caller's. Memory
 * aligned to 64 bytes is faster, none is needed. */
#ifndef ${NAME}_H
#define ${NAME}_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef ${M.real} ${NAME}_REAL;
#define ${NAME}_INPUT_SIZE ${M.input.count}
#define ${NAME}_INPUT_HEIGHT ${M.input.h}
#define ${NAME}_INPUT_WIDTH ${M.input.w}
#define ${NAME}_INPUT_CHANNELS ${M.input.c}
#define ${NAME}_OUTPUT_SIZE ${M.output.count}
#define ${NAME}_OUTPUT_HEIGHT ${M.output.h}
#define ${NAME}_OUTPUT_WIDTH ${M.output.w}
#define ${NAME}_OUTPUT_CHANNELS ${M.output.c}
#define ${NAME}_PARAM_COUNT ${M.param_count} /* trainable and not, in canonical order */
#define ${NAME}_TRAINABLE_COUNT ${training and M.trainable_count or 0}
#define ${NAME}_BATCH ${M.samples} /* samples a tape holds */
% if training and M.parts > 1 then
#define ${NAME}_THREADS ${M.parts} /* parts of a batch, side by side when compiled with -fopenmp; the results are the same without */
% end
#define ${NAME}_MACS ${M.macs} /* multiply-adds of one forward pass, before any is skipped */
#define ${NAME}_SCRATCH_BYTES ${M.scratch_bytes} /* memory of one predict call */
#define ${NAME}_PARAM_BYTES ${M.params_bytes}
% if M.unroll ~= "full" then
#define ${NAME}_STACK_BYTES ${M.stack_bytes} /* of any call at most on a processor without vectors, by gcc or clang -Os */
% end
% if training then
#define ${NAME}_TAPE_BYTES ${M.tape_bytes} /* memory of one training step */
#define ${NAME}_OPTIMIZER_BYTES ${M.optimizer_bytes}
#define ${NAME}_LEARNING_RATE ${number(M.optimizer.lr)} /* of the spec, for update and train_step */
% end
% local transposed = false
% for _, layer in ipairs(M.layers) do transposed = transposed or layer.size_rule == "transposed" end

/* Weights; one array per tensor, typed with its shape.${M.inference and " In canonical order." or " What training changes comes first."}
 * Kernels are (height, width, in, out)${transposed and ", of transposed convolutions (height, width, out, in)" or ""}, of dense layers (in, out). */
typedef struct ${M.name}_params ${M.name}_params;
struct ${M.name}_params {
% local sorted = {}
% for _, tensor in ipairs(M.tensors) do sorted[#sorted + 1] = tensor end
% table.sort(sorted, function(a, b) return a.offset < b.offset end)
% local open
% for _, tensor in ipairs(sorted) do
%   local struct = tensor.layer .. (tensor.statistic and "_moving" or "")
%   if open ~= struct then
%       if open then
    } ${open};
%       end
    struct {
%       open = struct
%   end
%   if tensor.pad > 0 then
        ${M.real} pad_${tensor.name}[${tensor.pad}]; /* aligns the next one; zero */
%   end
        ${M.real} ${tensor.name}${dims(tensor.dims)};${tensor.trainable and "" or tensor.statistic and " /* follows the batches */" or " /* frozen */"}
% end
% if open then
    } ${open};
% end
% if M.slack > 0 or #sorted == 0 then
    ${M.real} slack[${M.slack > 0 and M.slack or 1}]; /* vector loads may read it, nothing uses it */
% end
};

/* Memory of one predict call. Needs no initialisation. */
typedef struct ${M.name}_scratch ${M.name}_scratch;
struct ${M.name}_scratch {
    ${M.real} arena[${math.max(M.predict.arena, 1)}];
};
% if training then

/* What forward keeps for backward, for a batch, and the gradients of a train_step. Needs no initialisation, except that `seed` decides
 * what dropout drops (if there is dropout); forward adds one to it. */
typedef struct ${M.name}_tape ${M.name}_tape;
struct ${M.name}_tape {
    uint64_t seed;
%   if M.parts > 1 then
    ${M.real} arena[${M.parts}][${M.train.arena}]; /* one for each part of the batch */
    ${M.real} outputs[${M.samples * M.output.count}];
    ${M.real} grads[${M.trainable + M.slack}];
    ${M.real} part_grads[${M.parts - 1}][${M.trainable + M.slack}]; /* of the second part and so on */
%   else
    ${M.real} arena[${M.train.arena}];
    ${M.real} grads[${math.max(M.summed + M.slack, 1)}];
%   end
%   if M.tape_pad > 0 then
    ${M.real} pad[${M.tape_pad}]; /* the same size everywhere, however a uint64_t is aligned */
%   end
};

/* State of ${M.optimizer.name}: start it with zeros. */
typedef struct ${M.name}_optimizer ${M.name}_optimizer;
struct ${M.name}_optimizer {
    uint64_t step;
%   for k in range(M.optimizer.moments) do
    ${M.real} moment${k + 1}[${M.trainable - M.statistics}];
%   end
%   if M.optimizer_pad > 0 then
    ${M.real} pad[${M.optimizer_pad}]; /* the same size everywhere, however a uint64_t is aligned */
%   end
};
% end

% if M.weights then
extern const ${M.name}_params ${M.name}_weights; /* trained */

% end
% if not M.inference then
/* Fills params with the initialisers of the spec. The same seed gives the same numbers on every machine. */
void ${M.name}_init(${M.name}_params *params, uint64_t seed);

% end
/* input: INPUT_SIZE values${M.planar and ", channels first (" .. M.input.c .. " planes, one behind the other)" or ""}; output: OUTPUT_SIZE values. They must not overlap. */
void ${M.name}_predict(const ${M.name}_params *params, const ${M.real} *input, ${M.real} *output,
                ${M.name}_scratch *scratch);
% if training then

/* Training mode, 1 <= count <= BATCH samples one after another. Returns the outputs, count x OUTPUT_SIZE, inside the tape. */
const ${M.real} *${M.name}_forward(const ${M.name}_params *params, const ${M.real} *inputs, int count,
                ${M.name}_tape *tape);

/* After forward with the same params, inputs and count. targets: count x OUTPUT_SIZE. Returns the mean loss (${M.loss});
 * grads becomes the gradient of the mean loss, zero where nothing is trained. */
${M.real} ${M.name}_backward(const ${M.name}_params *params, const ${M.real} *inputs, const ${M.real} *targets, int count,
                ${M.name}_tape *tape, ${M.name}_params *grads);

/* One step of ${M.optimizer.name} down the gradient. */
void ${M.name}_update(${M.name}_params *params, const ${M.name}_params *grads, ${M.name}_optimizer *state,
                ${M.real} lr);

/* forward, backward and update in one; the gradients stay in the tape. Returns the mean loss before the update. */
${M.real} ${M.name}_train_step(${M.name}_params *params, const ${M.real} *inputs, const ${M.real} *targets, int count,
                ${M.name}_tape *tape, ${M.name}_optimizer *state, ${M.real} lr);
% end

/* flat: PARAM_COUNT values in canonical order: layers in order, kernel then bias. */
void ${M.name}_import(${M.name}_params *params, const ${M.real} *flat);
void ${M.name}_export(const ${M.name}_params *params, ${M.real} *flat);
% if M.crc then

/* CRC-32 of the parameters in canonical order, as little-endian numbers: of an unchanged network the same on every machine. */
uint32_t ${M.name}_crc(const ${M.name}_params *params);
%   if M.weights then
#define ${NAME}_WEIGHTS_CRC ${M.weights_crc} /* of ${M.name}_weights */
%   end
% end

/* Your compiler checks the sizes again: out = (in + pad_before + pad_after - dilation*(kernel - 1) - 1) / stride + 1. */
#define ${NAME}_CHECK(name, condition) typedef char ${M.name}_check_##name[(condition) ? 1 : -1]
% for _, layer in ipairs(M.layers) do if layer.size_rule == "transposed" then
%   local p, d, k, s, e = layer.padding, layer.dilation, layer.kernel, layer.stride, layer.output_padding
/* ${layer.name}: out = (in - 1)*stride - pad_before - pad_after + dilation*(kernel - 1) + output_padding + 1 */
%   if layer.y.rank == 3 then
${NAME}_CHECK(${layer.name}_height, (${layer.x.h} - 1)*${s.h} - ${p.top} - ${p.bottom} + ${d.h}*(${k.h} - 1) + ${e.h} + 1 == ${layer.y.h});
%   end
${NAME}_CHECK(${layer.name}_width, (${layer.x.w} - 1)*${s.w} - ${p.left} - ${p.right} + ${d.w}*(${k.w} - 1) + ${e.w} + 1 == ${layer.y.w});
% elseif layer.size_rule == "window" and layer.y.rank > 1 then
%   local p, d, k, s = layer.padding, layer.dilation, layer.kernel, layer.stride
%   if layer.y.rank == 3 then
${NAME}_CHECK(${layer.name}_height, (${layer.x.h} + ${p.top} + ${p.bottom} - ${d.h}*(${k.h} - 1) - 1) / ${s.h} + 1 == ${layer.y.h});
%   end
${NAME}_CHECK(${layer.name}_width, (${layer.x.w} + ${p.left} + ${p.right} - ${d.w}*(${k.w} - 1) - 1) / ${s.w} + 1 == ${layer.y.w});
% end end
${NAME}_CHECK(params, sizeof(${M.name}_params) == ${NAME}_PARAM_BYTES);
${NAME}_CHECK(scratch, sizeof(${M.name}_scratch) == ${NAME}_SCRATCH_BYTES);
% if training then
${NAME}_CHECK(tape, sizeof(${M.name}_tape) == ${NAME}_TAPE_BYTES);
${NAME}_CHECK(optimizer, sizeof(${M.name}_optimizer) == ${NAME}_OPTIMIZER_BYTES);
% end
#undef ${NAME}_CHECK

#ifdef __cplusplus
}
#endif

#endif
