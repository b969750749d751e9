% -- The gradient inside the border.
${signature("backward", {"dy", "dx"})}
{
% for i in each("i", L.x.h) do
    memcpy(${plus("dx", add(mul(i, L.x.row), L.x.origin))}, ${plus("dy", add(mul(i, L.y.row), L.y.origin))}, ${L.x.w * L.x.c} * sizeof(real));
% end
}
