% -- CRC-32 of the parameters, as they are stored in files: canonical order, little-endian.
/* The CRC-32 of half a byte. */
static const uint32_t ${M.name}_crc_table[16] = {
% for row in range(4) do
%   local list = {}
%   for k in range(4) do
%       local c = 4 * row + k
%       for _ in range(4) do c = c % 2 == 1 and (c >> 1) ~ 0xedb88320 or c >> 1 end
%       list[#list + 1] = ("0x%08xu"):format(c)
%   end
    ${table.concat(list, ", ")},
% end
};

/* CRC-32 (as in zip, Ethernet and zlib: 0xCBF43926 for "123456789") of numbers as bytes, lowest first. */
static uint32_t ${M.name}_crc_of(uint32_t crc, const real *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ${M.double and "uint64_t" or "uint32_t"} bits;
        memcpy(&bits, &values[i], sizeof bits);
        for (unsigned shift = 0; shift < ${M.double and 64 or 32}; shift += 4) {
            crc = (crc >> 4) ^ ${M.name}_crc_table[(crc ^ (uint32_t)(bits >> shift)) & 15];
        }
    }
    return crc;
}

uint32_t ${M.name}_crc(const ${M.name}_params *params)
{
    uint32_t crc = 0xffffffffu;
% if #M.tensors > 0 then
    const real *const p = (const real *)(const void *)params;
% else
    (void)params;
% end
% for _, tensor in ipairs(M.tensors) do
    crc = ${M.name}_crc_of(crc, p + ${tensor.layer}_${tensor.name}, ${tensor.count});
% end
    return ~crc;
}
