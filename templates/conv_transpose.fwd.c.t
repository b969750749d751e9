% -- Transposed convolution forward, by gathering. The outputs of one remainder modulo the stride (a phase) are a convolution of the input
% -- with every stride-th tap. Phases of rows differ by numbers in a table, phases of columns have tiles of their own.
% local ic, oc = L.x.c, L.filters
% local K, S = L.kernel, L.stride
% local rows, columns = L.tiles.rows, L.tiles.columns
% local auto = M.unroll == "auto"
% local relu = L.activation.name == "relu"
% local pass = auto and L.activation.name ~= "linear" and not relu
% local arguments = {"x", auto and "prepared" or "w"}
% local start = L.norm and "norm" or L.bias and "b" or "zero"
% if start ~= "zero" then arguments[#arguments + 1] = start end
% arguments[#arguments + 1] = "y"
% if not auto then
%   -- Row or tap u of a phase, from the one that reads the first input.
%   local function tap(phase, u) return add(mul(u, -phase.tap_step), phase.tap) end
%   local function place(phase, n, u) return add(n, mul(u, phase.input_step), phase.input) end
${signature("forward", arguments)}
{
%   include("halo.c.t")
%   for _, row in ipairs(rows) do for _, column in ipairs(columns) do
%       for i in each("i", row.count) do for j in each("j", column.count) do for o in each("o", oc) do
    {
        real a = ${start == "b" and "b[" .. o .. "]" or "0"};
%           for u in each("u", row.taps) do for v in each("v", column.taps) do for c in each("c", ic) do
        a += ${at(L.x, "x", place(row, i, u), place(column, j, v), c)} * w[${add(mul(add(mul(add(mul(tap(row, u), K.w), tap(column, v)), oc), o), ic), c)}];
%           end end end
%           if L.norm then
        a = a * norm[${o}] + norm[${add(o, oc)}];
%           end
        ${at(L.y, "y", add(mul(i, S.h), row.first), add(mul(j, S.w), column.first), o)} = ${L.activation.name == "softmax" and "a" or activate("a")};
    }
%       end end end
%   end end
%   include("softmax.c.t")
}
% else
%   local _, lanes = use_lanes(L.tiles.lanes)
%   local tail = not M.portable and oc % L.tiles.lanes ~= 0
%   -- All rows with as many taps, or a number for each.
%   local taps = rows[1].taps
%   for _, row in ipairs(rows) do if row.taps ~= taps then taps = "count" end end
%   local function name(column, v, p) return L.fn .. "_" .. column.taps .. (column.taps > 1 and "taps_" or "tap_") .. width(v, L.tiles.lanes) .. "x" .. p end
%   local written, first, empty = {}, nil, false
%   for _, column in ipairs(columns) do if column.taps == 0 then empty = true else
%       first = first or column
%       local loops = {{n = taps, x = rows[1].input_step * L.x.row, w = -rows[1].tap_step * K.w * ic * oc}}
%       if column.input_step == 1 then
%           loops[2] = {n = column.taps * ic, x = 1, w = oc}
%       else
%           loops[2] = {n = column.taps, x = column.input_step * ic, w = ic * oc}
%           loops[3] = {n = ic, x = 1, w = oc}
%       end
%       for _, variant in ipairs(column.variants) do for _, run in ipairs(variant.runs) do
%           local fn = name(column, variant.v, run.p)
%           if not written[fn] then
%               written[fn] = true
%               local x, outputs = {}, {}
%               for p in range(run.p) do x[#x + 1] = p * ic; outputs[#outputs + 1] = {y = p * S.w * oc, accumulators = {p}} end
%               tile {fn = fn, lanes = L.tiles.lanes, v = variant.v, x = x, outputs = outputs, loops = loops, start = start, channels = oc, relu = relu, tail = tail, count = taps == "count", unroll = taps ~= "count" and taps * column.taps * ic <= 32, comment = wide(variant.v, L.tiles.lanes, "filters") .. " x " .. run.p .. " pixel" .. (run.p > 1 and "s" or "") .. (S.w > 1 and ", " .. S.w .. " apart" or "") .. ": " .. column.taps .. " tap" .. (column.taps > 1 and "s" or "") .. " a row."}
%           end
%       end end
%   end end
${signature("prepare_forward", {"w", "prepare"})}
{
%   local order = {}
%   for _, column in ipairs(columns) do for u in range(column.taps) do order[#order + 1] = column.tap - u * column.tap_step end end
%   local ordered = true
%   for k, tap in ipairs(order) do ordered = ordered and tap == k - 1 end
%   if not ordered then
    static const int order[] = {${table.concat(order, ", ")}}; /* taps of a phase stand side by side */
%   end
    for (int i = 0; i < ${K.h}; i++) {
        for (int j = 0; j < ${#order}; j++) {
            const real *from = w + (i * ${K.w} + ${ordered and "j" or "order[j]"}) * ${oc * ic};
            real *to = prepared + (i * ${K.w} + j) * ${oc * ic};
            for (int c = 0; c < ${ic}; c++) {
                for (int o = 0; o < ${oc}; o++) {
                    to[c * ${oc} + o] = from[o * ${ic} + c];
                }
            }
        }
    }
}

${signature("forward", arguments)}
{
%   include("halo.c.t")
%   local alone = start == "norm" and "norm[" .. add("o", oc) .. "]" or start == "b" and "b[o]"
%   for _, column in ipairs(columns) do if column.taps == 0 then
    for (int i = 0; i < ${L.y.h}; i++) { /* columns that no tap reaches */
        for (int j = ${column.first}; j < ${L.y.w}; j += ${S.w}) {
            for (int o = 0; o < ${oc}; o++) {
                ${at(L.y, "y", "i", "j", "o")} = ${alone and (relu and activate(alone) or alone) or "0"};
            }
        }
    }
%   end end
%   local several = #rows > 1
%   if several then
%       local list = {}
%       for _, row in ipairs(rows) do list[#list + 1] = "{" .. row.input .. ", " .. row.tap .. (taps == "count" and ", " .. row.taps or "") .. "}" end
    /* For rows of each remainder: the first input they read, the row of the kernel for it${taps == "count" and ", how many" or ""}. */
    static const int phases[${#rows}][${taps == "count" and 3 or 2}] = {${table.concat(list, ", ")}};
%   end
%   for variant, o, rest in channel_tiles("o", oc, first.variants, lanes) do
%       local number
%       for k, other in ipairs(first.variants) do if other == variant then number = k end end
%       for q in each("q", #rows) do
%           local row = rows[1]
        {
        const real *xi = ${plus("x", several and add(mul("phases[" .. q .. "][0]", L.x.row), L.x.origin) or add(mul(row.input, L.x.row), L.x.origin))};
        const real *wi = ${plus("prepared", several and add(mul("phases[" .. q .. "][1]", K.w * ic * oc), o) or add(row.tap * K.w * ic * oc, o))};
        for (int i = ${q}; i < ${L.y.h}; i += ${S.h}) {
            real *yi = ${plus("y", add(mul("i", L.y.row), L.y.origin, o))};
%           for _, column in ipairs(columns) do if column.taps > 0 then
%               for _, run in ipairs(column.variants[number].runs) do for j in each("j", run.count) do
%                   local n = add(mul(j, run.p), run.start)
            ${name(column, variant.v, run.p)}(${plus("xi", add(mul(n, ic), column.input * ic))}, ${plus("wi", column.place * ic * oc)}, ${start ~= "zero" and plus(start, o) .. ", " or ""}${plus("yi", add(mul(n, S.w * oc), column.first * oc))}${tail and ", " .. rest or ""}${taps == "count" and ", phases[" .. q .. "][2]" or ""});
%               end end
%           end end
            xi += ${L.x.row};
        }
        }
%       end
%   end
%   if pass then include("activate.c.t") end
}
% end
