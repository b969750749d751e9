% -- What was cut off has no gradient.
${signature("backward", {"dy", "dx"})}
{
    memset(dx, 0, ${L.x.buffer} * sizeof(real));
% for i in each("i", L.y.h) do
    memcpy(${plus("dx", add(mul(add(i, L.padding.top), L.x.row), L.padding.left * L.x.c, L.x.origin))}, ${plus("dy", add(mul(i, L.y.row), L.y.origin))}, ${L.y.w * L.y.c} * sizeof(real));
% end
}
