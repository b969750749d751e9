% -- Transposed convolution forward with few filters, by scattering: lanes are the taps and filters that an input pixel is multiplied by,
% -- of which there are many. A row of pixels at a time; the products are added up in an image that nothing is cut off from yet.
% local ic, oc = L.x.c, L.filters
% local K, S, D, P = L.kernel, L.stride, L.dilation, L.padding
% local scatter = L.tiles.scatter
% local taps, row, w = K.h * K.w * oc, K.w * oc, L.input.w
% local X = {row = L.x.row, pixel = ic, origin = L.x.origin + L.tiles.top * L.x.row + L.tiles.left * ic}
% local _, lanes = use_lanes(scatter.lanes)
% local tail = taps % scatter.lanes ~= 0
% for _, variant in ipairs(scatter.variants) do for _, run in ipairs(variant.runs) do
%   local x, outputs = {}, {}
%   for p in range(run.p) do x[#x + 1] = p * ic; outputs[#outputs + 1] = {y = p * taps, accumulators = {p}} end
%   tile {fn = L.fn .. "_" .. width(variant.v, scatter.lanes) .. "x" .. run.p, lanes = scatter.lanes, v = variant.v, x = x, outputs = outputs, loops = {{n = ic, x = 1, w = taps}}, start = "zero", tail = tail, comment = "What " .. run.p .. " input pixel" .. (run.p > 1 and "s send" or " sends") .. " through " .. wide(variant.v, scatter.lanes, "taps") .. "."}
% end end
${signature("prepare_forward", {"w", "prepare"})}
{
    for (int t = 0; t < ${taps}; t++) {
        for (int c = 0; c < ${ic}; c++) {
            prepared[c * ${taps} + t] = w[t * ${ic} + c];
        }
    }
}

% local start = L.norm and "norm" or L.bias and "b" or "zero"
% local arguments = {"x", "prepared"}
% if start ~= "zero" then arguments[#arguments + 1] = start end
% arguments[#arguments + 1] = "y"
% arguments[#arguments + 1] = "work"
${signature("forward", arguments)}
{
% local full_row = scatter.w * oc
    real *const full = work; /* ${scatter.h}x${scatter.w}x${oc}: the output before it is cut off */
    real *const products = work + ${scatter.h * full_row}; /* of a row of pixels and all taps */
% include("halo.c.t")
    memset(full, 0, ${scatter.h * full_row} * sizeof(real));
% for i in each("i", L.input.h) do
    {
        const real *xi = ${plus("x", add(mul(i, X.row), X.origin))};
%   for variant, t, rest in channel_tiles("t", taps, scatter.variants, lanes) do
%       for _, run in ipairs(variant.runs) do for j in each("j", run.count) do
%           local n = add(mul(j, run.p), run.start)
            ${L.fn}_${width(variant.v, scatter.lanes)}x${run.p}(${plus("xi", mul(n, ic))}, ${plus("prepared", t)}, ${plus("products", add(mul(n, taps), t))}${tail and ", " .. rest or ""});
%       end end
%   end
%   for j in each("j", w) do for ki in each("ki", K.h) do
        {
            const real *from = ${plus("products", add(mul(j, taps), mul(ki, row)))};
            real *to = ${plus("full", add(mul(i, S.h * full_row), mul(ki, D.h * full_row), mul(j, S.w * oc)))};
%       if row >= 4 then
%           local _, four = use_lanes(4)
            int k = 0;
            for (; k + ${four} <= ${row}; k += ${four}) {
                ${vector_store(4, "to", "k", vector_load(4, "to", "k") .. " + " .. vector_load(4, "from", "k"))};
            }
%           if row % 4 ~= 0 then
            for (; k < ${row}; k++) {
                to[k] += from[k];
            }
%           end
%       else
%           for k in range(row) do
            to[${k}] += from[${k}];
%           end
%       end
        }
%   end end
    }
% end
% for i in each("i", L.y.h) do for j in each("j", L.y.w) do for o in range(oc) do
%   local a = "full[" .. add(mul(i, full_row), mul(j, oc), P.top * full_row + P.left * oc + o) .. "]"
    {
        const real a = ${L.norm and a .. " * norm[" .. o .. "] + norm[" .. o + oc .. "]" or L.bias and a .. " + b[" .. o .. "]" or a};
        ${at(L.y, "y", i, j, o)} = ${L.activation.name == "softmax" and "a" or activate("a")};
    }
% end end end
% include("softmax.c.t")
}
