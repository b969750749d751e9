% -- One over the number of cells a mean counts, as W.scale.
% local whole = L.kernel.h * L.kernel.w
% local function length(a, b) if math.type(a) == "integer" and math.type(b) == "integer" then return b - a end return "(" .. b .. (a == 0 and "" or " - " .. a) .. ")" end
% local h, w = length(W.ki0, W.ki1), length(W.kj0, W.kj1)
% local cells = mul(h, w)
% if L.count_padding then
%   W.scale = number(1 / whole)
% elseif math.type(cells) == "integer" then
%   W.scale = number(1 / cells)
% else
    const real scale = 1 / (real)(${cells});
%   W.scale = "scale"
% end
