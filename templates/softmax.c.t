% -- Softmax over the channels of every pixel of y, in place; nothing for other activations.
% if L.activation.name == "softmax" then
%   for s in each("s", L.batched and "count" or 1) do for i in each("i", L.y.h) do for j in each("j", L.y.w) do
    ${use("cnn_softmax")}(${plus("y", add(mul(s, L.y.samples_row), mul(i, L.y.row), mul(j, L.y.c), L.y.origin))}, ${L.y.c});
%   end end end
% end
