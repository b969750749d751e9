% -- Convolution backward behind a maximum pool: of each window only the place that won has a gradient. For every filter those that
% -- are not zero are listed, then its whole kernel goes through registers from one listed place to the next.
% local K, S, D = L.kernel, L.stride, L.dilation
% local row = K.w * L.x.c
% local filter = K.h * row
% local lanes = select(2, use_lanes(16))
% local arguments = {}
% if L.trainable then arguments[#arguments + 1] = "x" end
% local activation = L.activation.name ~= "linear" and not L.skip_gradient
% if activation then arguments[#arguments + 1] = "y_in" end
% arguments[#arguments + 1] = "dy"
% arguments[#arguments + 1] = "argmax_in"
% if L.wants_dx then arguments[#arguments + 1] = "prepared"; arguments[#arguments + 1] = "dx" end
% if L.trainable then
%   arguments[#arguments + 1] = "sums"
%   if L.bias then arguments[#arguments + 1] = "db" end
% end
% local function offset(ki, v) return add(ki * D.h * L.x.row, v == 0 and 0 or mul(v, lanes)) end
% local function own(ki, v) return add(ki * row, v == 0 and 0 or mul(v, lanes)) end
% local function name(ki, v) return "a" .. ki .. "_" .. v end
% local function variants() return ipairs(L.tiles.sparse > 1 and {L.tiles.sparse, 1} or {1}) end
% for _, V in variants() do
%   if L.trainable then
/* Adds what n places of x, times their gradients, give to ${K.h} rows x ${V} vectors of a filter. */
${wrap("static inline void " .. L.fn .. "_dw_" .. V, {"const real *restrict x", "const int *restrict where", "const real *restrict g", "int n", "real *restrict sums"})}
{
%       for ki in range(K.h) do for v in range(V) do
    v16 ${name(ki, v)} = load16(${plus("sums", own(ki, v))});
%       end end
    for (int k = 0; k < n; k++) {
        const real *const at = x + where[k];
        const real t = g[k];
%       for ki in range(K.h) do for v in range(V) do
        ${name(ki, v)} += t * load16(${plus("at", offset(ki, v))});
%       end end
    }
%       for ki in range(K.h) do for v in range(V) do
    put16(${plus("sums", own(ki, v))}, ${name(ki, v)});
%       end end
}

%   end
%   if L.wants_dx then
/* Sends n gradients through ${K.h} rows x ${V} vectors of a filter to their places in dx. */
${wrap("static inline void " .. L.fn .. "_dx_" .. V, {"real *restrict dx", "const int *restrict where", "const real *restrict g", "int n", "const real *restrict w"})}
{
%       for ki in range(K.h) do for v in range(V) do
    const v16 ${name(ki, v)} = load16(${plus("w", own(ki, v))});
%       end end
    for (int k = 0; k < n; k++) {
        real *const at = dx + where[k];
        const real t = g[k];
%       for ki in range(K.h) do for v in range(V) do
        put16(${plus("at", offset(ki, v))}, load16(${plus("at", offset(ki, v))}) + t * ${name(ki, v)});
%       end end
    }
}

%   end
% end
% if L.wants_dx then
${signature("prepare", {"w", "prepare"})}
{
    for (int k = 0; k < ${filter}; k++) {
        for (int o = 0; o < ${L.filters}; o++) {
            prepared[o * ${filter} + k] = w[k * ${L.filters} + o];
        }
    }
}

% end
% if L.trainable then
${signature("finish", {"sums", "dw"})}
{
    for (int k = 0; k < ${filter}; k++) {
        for (int o = 0; o < ${L.filters}; o++) {
            dw[k * ${L.filters} + o] += sums[o * ${filter} + k];
        }
    }
}

% end
% local places = {}
% for pi in range(L.pool.h) do for pj in range(L.pool.w) do places[#places + 1] = pi * S.h * L.x.row + pj * S.w * L.x.c end end
% local rows = math.max(1, math.min(L.y.h, 64 // L.y.w))
% local most = (rows * L.y.w + 15) // 16 * 16
${signature("backward", arguments)}
{
    static const int places[${#places}] = {${table.concat(places, ", ")}}; /* of a window, in x */
    int where[${most}];
    real g[${most}];
% if activation then include("activate_gradient.c.t") end
% if L.trainable and L.bias then
%   include("bias_gradient.c.t")
% end
% if L.wants_dx then
    memset(dx, 0, ${L.x.buffer} * sizeof(real));
% end
    for (int o = 0; o < ${L.filters}; o++) {
% local i = "i"
% if rows < L.y.h then
        for (int first = 0; first < ${L.y.h}; first += ${rows}) {
%   if L.y.h % rows ~= 0 then
        const int last = first + ${rows} < ${L.y.h} ? first + ${rows} : ${L.y.h};
%   end
% end
        int n = 0;
        for (int i = ${rows < L.y.h and "first" or 0}; i < ${rows == L.y.h and rows or L.y.h % rows ~= 0 and "last" or "first + " .. rows}; i++) {
            for (int j = 0; j < ${L.y.w}; j++) {
                const real v = ${at(L.y, "dy", "i", "j", "o")};
                g[n] = v;
                where[n] = ${add(mul("i", L.pool.h * S.h * L.x.row), mul("j", L.pool.w * S.w * L.x.c), L.x.origin)} + places[argmax[${add(mul("i", L.y.w * L.y.c), mul("j", L.y.c), "o")}]];
                ${M.double and "uint64_t" or "uint32_t"} bits;
                memcpy(&bits, &v, sizeof bits);
                n += (bits << 1) != 0; /* neither 0 nor -0, without a jump */
            }
        }
% if L.trainable then
        {
            int c = 0;
%   for _, V in variants() do
            for (; ${add("c", mul(V - 1, lanes))} < ${row}; c += ${mul(V, lanes)}) {
                ${L.fn}_dw_${V}(x + c, where, g, n, sums + o*${filter} + c);
            }
%   end
        }
% end
% if L.wants_dx then
        {
            int c = 0;
%   for _, V in variants() do
            for (; ${add("c", mul(V - 1, lanes))} < ${row}; c += ${mul(V, lanes)}) {
                ${L.fn}_dx_${V}(dx + c, where, g, n, prepared + o*${filter} + c);
            }
%   end
        }
% end
% if rows < L.y.h then
        }
% end
    }
}
