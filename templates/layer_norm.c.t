% -- Mean and 1/deviation of the channels of the pixel at a.
% local C = L.y.c
% local N = channel_lanes(C)
        real mean = 0, variance = 0;
% if N > 1 then
        ${use_lanes(N)} sums = ${vector_zero(N)}, squares = ${vector_zero(N)};
% end
% include("channels.c.t", {B = {n = N, body = function(n, c)
            ${n > 1 and "sums" or "mean"} += ${vector_load(n, A, c)};
% end, after = function()
        mean = sum${N}(sums);
% end}})
        mean *= ${number(1 / C)};
% include("channels.c.t", {B = {n = N, again = true, body = function(n, c)
            const ${use_lanes(n)} d = ${vector_load(n, A, c)} - mean;
            ${n > 1 and "squares" or "variance"} += d * d;
% end, after = function()
        variance = sum${N}(squares);
% end}})
        const real inverse = 1 / ${use("cnn_sqrt")}(variance * ${number(1 / C)} + ${number(L.epsilon)});
