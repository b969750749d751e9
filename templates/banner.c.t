% -- The table of layers, as lines of a comment.
% local rows = {{"layer", "kind", "output", "parameters", "multiply-adds"}}
% for _, layer in ipairs(M.layers) do
%   local kind = layer.kind .. ((layer.activation ~= "linear" and layer.activation ~= layer.kind) and " " .. layer.activation or "")
%   rows[#rows + 1] = {layer.name, kind, layer.y.text, tostring(layer.params), tostring(layer.macs)}
% end
% rows[#rows + 1] = {"total", "", "", tostring(M.param_count), tostring(M.macs)}
% local width = {}
% for _, row in ipairs(rows) do for k, cell in ipairs(row) do width[k] = math.max(width[k] or 0, #cell) end end
 *   input ${M.input.text}${M.planar and (", channels first: %d planes of %s"):format(M.input.c, M.input.rank == 3 and M.input.h .. "x" .. M.input.w or M.input.w) or ""}
% for _, row in ipairs(rows) do
%   local line = ""
%   for k, cell in ipairs(row) do line = line .. "  " .. (k < 4 and cell .. (" "):rep(width[k] - #cell) or (" "):rep(width[k] - #cell) .. cell) end
 * ${line}
% end
