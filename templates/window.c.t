% -- The part of a pool's window that lies inside the input, as ki0..ki1 and kj0..kj1: numbers where they are known, otherwise C variables.
% -- Sets W.clip; the caller has W.i and W.j.
% local function axis(name, i, stride, before, after, kernel, n)
%   if before + after == 0 then return 0, kernel end
%   if math.type(i) == "integer" then
%       return math.max(0, before - i * stride), math.min(kernel, n + before - i * stride)
%   end
%   local start = mul(i, stride)
    const int ${name}0 = ${start} < ${before} ? ${before} - ${start} : 0;
    const int ${name}1 = ${start} + ${kernel} > ${n + before} ? ${n + before} - ${start} : ${kernel};
%   return name .. "0", name .. "1"
% end
% W.ki0, W.ki1 = axis("ki", W.i, L.stride.h, L.padding.top, L.padding.bottom, L.kernel.h, L.x.h)
% W.kj0, W.kj1 = axis("kj", W.j, L.stride.w, L.padding.left, L.padding.right, L.kernel.w, L.x.w)
