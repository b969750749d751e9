% -- The product of two inputs, value by value; the second may have one value for each channel.
% local scale = L.z.count < L.y.count
${signature("forward", L.in_place and {"z", "y"} or {"x", "z", "y"})}
{
% include("halo.c.t")
% if scale then
%   for i in each("i", L.y.h) do for j in each("j", L.y.w) do
%       include("row_of_two.c.t", {row = {i = i, j = j, operator = "*", length = L.y.c, scale = true}})
%   end end
% else
%   for i in each("i", L.y.h) do
%       include("row_of_two.c.t", {row = {i = i, operator = "*", length = L.y.w * L.y.c}})
%   end
% end
% include("softmax.c.t")
}
