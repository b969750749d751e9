% -- What this step has for the gradient of one of its inputs goes there: to what other readers gave, if they were first.
% for n, handover in ipairs(L.handovers) do
%   local from, into = handover.from, handover.into
%   local whole = from.pixel == from.c and into.pixel == into.c
%   local length = whole and from.w * from.c or from.c
/* ${L.name} backward: ${handover.add and "adds to" or "is"} the gradient of its input (${into.text}). */
static void ${L.fn}_handover${n}(const real *from, real *into)
{
%   if handover.clear then
    memset(into, 0, ${into.buffer} * sizeof(real)); /* what was cut off has no gradient */
%   end
%   for i in each("i", from.h) do for j in each("j", whole and 1 or from.w) do
    {
        const real *a = ${plus("from", add(mul(i, from.row), mul(j, from.pixel), from.origin))};
        real *b = ${plus("into", add(mul(i, into.row), mul(j, into.pixel), into.origin))};
%       if handover.add then
        for (int k = 0; k < ${length}; k++) {
            b[k] += a[k];
        }
%       else
        memcpy(b, a, ${length} * sizeof(real));
%       end
    }
%   end end
}

% end
