% -- Convolution by Winograd's method: a 4x4 piece of the input gives 2x2 outputs with 16 multiplications instead of 36, a 6x6 piece
% -- 4x4 outputs with 36 instead of 144.
% -- Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015: y = A'[(G g G') * (B' d B)]A.
% local W, P = L.tiles.winograd, L.pool
% local relu = L.activation.name == "relu"
% local pass = L.activation.name ~= "linear" and not relu
% local ic, oc = L.x.c, L.filters
% local lanes = select(2, use_lanes(16))
% local arguments = {"x", "prepared"}
% local start = L.norm and "norm" or L.bias and "b" or "zero"
% if start ~= "zero" then arguments[#arguments + 1] = start end
% arguments[#arguments + 1] = "y"
% if L.argmax then arguments[#arguments + 1] = "argmax" end
% arguments[#arguments + 1] = "work"
% include("winograd.c.t", {T = {fn = L.fn, ic = ic, oc = oc, row = L.x.row, origin = L.x.origin, winograd = W, start = start, relu = relu, pool = P, argmax = L.argmax ~= nil, y_row = L.y.row, h = P and 2 * L.y.h or L.y.h, w = P and 2 * L.y.w or L.y.w}})
${signature("prepare_forward", {"w", "prepare"})}
{
    for (int c = 0; c < ${ic}; c++) {
        for (int o = 0; o < ${oc}; o += ${lanes}) {
            ${L.fn}_spread_kernel(w + c*${oc} + o, prepared + c*${oc} + o);
        }
    }
}

${signature("forward", arguments)}
{
% include("halo.c.t")
    ${L.fn}_convolve(x, prepared, ${start ~= "zero" and start .. ", " or ""}${plus("y", L.y.origin)}, ${L.argmax and "argmax, " or ""}work);
% if pass then
%   include("activate.c.t")
% end
}
