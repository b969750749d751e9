${signature("backward", {"dy", "dx", "seed"})}
{
% for i in each("i", L.y.h) do
    memcpy(${plus("dx", add(mul(i, L.x.row), L.x.origin))}, ${plus("dy", add(mul(i, L.y.row), L.y.origin))}, ${L.y.w * L.y.c} * sizeof(real));
    ${use("cnn_dropout_grad")}(${plus("dx", add(mul(i, L.x.row), L.x.origin))}, ${L.y.w * L.y.c}, ${number(L.rate)}, ${i == 0 and "seed" or "seed + ((uint64_t)" .. i .. " << 48)"});
% end
}
