% -- Import and export: the parameters in canonical order and where they stand in the params struct. at_tensor: the name of each offset.
% -- Neighbours in canonical order that are neighbours in the struct, too, are copied together.
% local stretches = {}
% for _, tensor in ipairs(M.tensors) do
%   local last = stretches[#stretches]
%   if last and last.offset + last.count == tensor.offset then
%       last.count = last.count + tensor.count
%   else
%       stretches[#stretches + 1] = {offset = tensor.offset, count = tensor.count}
%   end
% end
% local table_name = M.name .. "_stretches"
% if #stretches > 1 then
/* The parameters in canonical order: where stretches of them stand in the params struct, and how many values those have. */
static const size_t ${table_name}[${#stretches}][2] = {
%   for _, stretch in ipairs(stretches) do
    {${at_tensor[stretch.offset]}, ${stretch.count}},
%   end
};

% end
% local function copy(export)
%   local several, first = #stretches > 1, stretches[1]
%   if first then
%       local place = "p + " .. (several and table_name .. "[k][0]" or at_tensor[first.offset])
%       local count = several and table_name .. "[k][1]" or first.count
%       if several then
    for (int k = 0; k < ${#stretches}; k++) {
%       end
        memcpy(${export and "flat, " .. place or place .. ", flat"}, ${count} * sizeof(real));
%       if several then
        flat += ${count};
    }
%       end
%   else
    (void)flat;
%   end
% end
void ${M.name}_import(${M.name}_params *params, const real *flat)
{
    real *const p = (real *)(void *)params;
    memset(p, 0, sizeof *params);
% copy(false)
}

void ${M.name}_export(const ${M.name}_params *params, real *flat)
{
% if #stretches > 0 then
    const real *const p = (const real *)(const void *)params;
% else
    (void)params;
% end
% copy(true)
}
