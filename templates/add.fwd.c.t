% -- The sum of two inputs, value by value; in place when the first one is needed no more.
${signature("forward", L.in_place and {"z", "y"} or {"x", "z", "y"})}
{
% include("halo.c.t")
% for i in each("i", L.y.h) do
%   include("row_of_two.c.t", {row = {i = i, operator = "+", length = L.y.w * L.y.c}})
% end
% include("softmax.c.t")
}
