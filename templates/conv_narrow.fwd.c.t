% -- Convolution forward with few filters: lanes are columns of y. From one lane to the next x moves on by stride * pool columns; the
% -- input is taken apart into planes in which those are neighbours, so that every place of a pool window is a vector of its own.
% local K, S, D, F, IC = L.kernel, L.stride, L.dilation, L.filters, L.x.c
% local P = L.pool or {h = 1, w = 1}
% local N = L.tiles.columns
% local vec, lanes = use_lanes(N)
% local work = L.forward_pass.work ~= nil
% local plane = L.tiles.input.plane
% local row = work and L.tiles.input.row or L.x.row
% local move = S.w * P.w
% local whole = halves(F)
% -- Backward of the same form reads a plane of places for each filter; others have the filters side by side.
% local planar = L.backward_pass.templates == "conv_narrow"
% -- Without a pool two vectors of columns share each weight, where rows are an even number of the widest vectors.
% local vectors = not L.pool and F <= 6 and (L.y.w + 15) // 16 % 2 == 0 and 2 or 1
% local places = {}
% for pi in range(P.h) do for pj in range(P.w) do places[#places + 1] = {i = pi * S.h, j = pj * S.w, vector = 0} end end
% if vectors == 2 then places[2] = {i = 0, j = 0, vector = 1} end
% local function offset(place, ki, kj, c)
%   local column = place.j + kj * D.w
%   return add((column % move * IC + c) * plane + (place.i + ki * D.h) * row + column // move, mul(place.vector, lanes))
% end
% local function limit(n, k) return k == 0 and n or n .. " - " .. mul(k, lanes) end
% -- Filters whose accumulators fit registers together, in blocks of nearly one size; short sums are written out, long ones are loops.
% local most = math.max(1, 12 // #places)
% local block = -(-F // -(-F // most))
% local loop_rows = K.h > 1 and F * #places * K.h * K.w * IC > 320
% local loop_channels = IC > 1 and F * #places * K.w * IC > 320
% local relu = L.activation.name == "relu"
% local mean = L.pool and not L.pool.maximum
/* ${vectors == 1 and "One vector" or "Two vectors"} of columns, ${F} filter${F > 1 and "s" or ""}${L.pool and ", " .. #places .. " places of the pool" or ""}. n: ${whole and "floats from y to its end" or "columns left in the row"}${L.argmax and (planar or whole) and "; left: bytes from argmax to its end" or ""}. */
${wrap("static inline void " .. L.fn .. "_columns", {"const real *restrict x", "const real *restrict w", L.bias and "const real *restrict b" or false, "real *restrict y", "int n", L.argmax and "unsigned char *restrict argmax" or false, L.argmax and (planar or whole) and "int left" or false})}
{
% for first = 0, F - 1, block do
%   local last = math.min(first + block, F) - 1
%   for o = first, last do for p in range(#places) do
    ${vec} a${o}_${p} = ${L.bias and vector_zero(N) .. " + b[" .. o .. "]" or vector_zero(N)};
%   end end
%   local xs, ws = "x", "w"
%   if loop_rows then
    for (int ki = 0; ki < ${K.h}; ki++) {
        const real *xi = x + ${mul("ki", D.h * row)}, *wi = w + ${mul("ki", K.w * IC * F)};
%       xs, ws = "xi", "wi"
%   end
%   if loop_channels then
    for (int c = 0; c < ${IC}; c++) {
        const real *xc = ${xs} + ${mul("c", plane)}, *wc = ${ws} + ${mul("c", F)};
%       xs, ws = "xc", "wc"
%   end
%   for ki in range(loop_rows and 1 or K.h) do for kj in range(K.w) do for c in range(loop_channels and 1 or IC) do
    {
%       for p, place in ipairs(places) do
        const ${vec} x${p - 1} = load${N}(${plus(xs, offset(place, ki, kj, c))});
%       end
%       for o = first, last do
        const real k${o} = ${ws}[${((ki * K.w + kj) * IC + c) * F + o}];
%       end
%       for o = first, last do
%           local list = {}
%           for p in range(#places) do list[#list + 1] = "a" .. o .. "_" .. p .. " += k" .. o .. " * x" .. p .. ";" end
        ${table.concat(list, " ")}
%       end
    }
%   end end end
%   for _ in range((loop_rows and 1 or 0) + (loop_channels and 1 or 0)) do
    }
%   end
%   for o = first, last do
%       local function a(p) return "a" .. o .. "_" .. p end
%       if L.argmax then
    m${N} which${o} = {0};
%           for p = 1, #places - 1 do
    ${a(0)} = larger${N}(${a(0)}, ${a(p)}, ${p}, &which${o});
%           end
%       elseif mean then
%           for p in range(relu and #places or 0) do
    ${a(p)} = ${vector_relu(N, a(p))};
%           end
%           for p = 1, #places - 1 do
    ${a(0)} += ${a(p)};
%           end
    ${a(0)} *= ${number(1 / #places)};
%       else
%           for p = 1, L.pool and #places - 1 or 0 do
    ${a(0)} = ${vector_max(N, a(0), a(p))};
%           end
%       end
%       for v in range(relu and not mean and vectors or 0) do
    ${a(v)} = ${vector_relu(N, a(v))};
%       end
%       if L.argmax and planar then
    mark${N}(${plus("argmax", o * L.y.h * L.y.w)}, which${o}, left);
%       elseif L.argmax and not whole then
    sow${N}(${plus("argmax", o)}, which${o}, ${F}, n);
%       end
%       for v in range(whole and 0 or vectors) do
    spread${N}(${plus("y", add(o, mul(v * F, lanes)))}, ${a(v)}, ${F}, ${limit("n", v)});
%       end
%   end
% end
% if whole then
%   local count = 0
%   local function name(value)
%       count = count + 1
    const ${vec} t${count} = ${value};
%       return "t" .. count
%   end
%   for v in range(vectors) do
%       local results = {}
%       for o in range(F) do results[#results + 1] = "a" .. o .. "_" .. v end
%       for k, value in ipairs(together(N, results, name)) do
%           local at = v * F + k - 1
    within${N}(${plus("y", mul(at, lanes))}, ${value}, ${limit("n", at)});
%       end
%   end
%   if L.argmax and not planar then
%       local marks = {}
%       for o in range(F) do marks[#marks + 1] = "(" .. vec .. ")which" .. o end
%       for k, value in ipairs(together(N, marks, name)) do
    mark${N}(${plus("argmax", mul(k - 1, lanes))}, (m${N})${value}, ${limit("left", k - 1)});
%       end
%   end
% end
}

% local arguments = {"x", "w"}
% if L.bias then arguments[#arguments + 1] = "b" end
% arguments[#arguments + 1] = "y"
% if L.argmax then arguments[#arguments + 1] = "argmax" end
% if work then arguments[#arguments + 1] = "work" end
${signature("forward", arguments)}
{
% if work then include("split.c.t", {S = {from = "x", to = "work", view = L.x, split = L.tiles.input}}) end
% local ends = L.y.origin + (L.y.h - 1) * L.y.row + L.y.w * F
% local each_place = L.argmax and not planar and F or 1
% for i in each("i", L.y.h) do
    for (int j = 0; j < ${L.y.w}; j += ${mul(vectors, lanes)}) {
        const int at = ${add(mul(i, L.y.row), mul("j", F), L.y.origin)};
%   if L.argmax then
        const int place = ${add(mul(i, L.y.w * each_place), mul("j", each_place))};
%   end
%   local source = work and "work" or "x"
        ${wrap(L.fn .. "_columns", {plus(source, add(mul(i, P.h * S.h * row), "j", work and 0 or L.x.origin)), "w", L.bias and "b" or false, "y + at", whole and ends .. " - at" or L.y.w .. " - j", L.argmax and "argmax + place" or false, L.argmax and (planar or whole) and L.y.h * L.y.w * each_place .. " - place" or false})};
    }
% end
% -- Behind the rows, for their last vectors reach into it.
% include("halo.c.t")
% if not relu and L.activation.name ~= "linear" then include("activate.c.t") end
}
