% -- dx = dy * z, dz = dy * x; a scale gets the sum over all pixels.
% local scale = L.z.count < L.y.count
% local through = L.activation.name ~= "linear" and not L.skip_gradient and not L.activation.from_input
% local arguments = {}
% if L.wants_dz then arguments[#arguments + 1] = "x" end
% if L.wants_dx then arguments[#arguments + 1] = "z" end
% if through then arguments[#arguments + 1] = "y_in" end
% arguments[#arguments + 1] = "dy"
% if L.wants_dx then arguments[#arguments + 1] = "dx" end
% if L.wants_dz then arguments[#arguments + 1] = "dz" end
${signature("backward", arguments)}
{
% include("activate_gradient.c.t")
% if scale and L.wants_dz then
    memset(dz, 0, ${L.z.buffer} * sizeof(real));
% end
% for i in each("i", L.y.h) do for j in each("j", L.y.w) do for c in each("c", L.y.c) do
%   local z = scale and "[" .. add(c, L.z.origin) .. "]" or at(L.z, "", i, j, c)
%   local dy = at(L.y, "dy", i, j, c)
%   if L.wants_dx then
    ${at(L.x, "dx", i, j, c)} = ${dy} * z${z};
%   end
%   if L.wants_dz then
    dz${z} ${scale and "+=" or "="} ${dy} * ${at(L.x, "x", i, j, c)};
%   end
% end end end
}
