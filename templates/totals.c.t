% -- With --reproducible: sums side by side become one, in the same order on every target.
% for _, n in ipairs {4, 8, 16} do if M.body:find("total" .. n .. "(", 1, true) then
%   local list = {}
%   for k in range(n) do list[#list + 1] = "s[" .. k .. "]" end
%   while #list > 1 do
%       local half = {}
%       for k = 1, #list // 2 do half[k] = "(" .. list[k] .. " + " .. list[k + #list // 2] .. ")" end
%       list = half
%   end
/* ${n} sums side by side become one, half of them added to the other half until one is left. */
static inline real total${n}(const real *s)
{
    return ${list[1]:sub(2, -2)};
}

% end end
