% -- Drops values by a mask that seed and place decide, so that backward can make it again.
${signature("forward", {"x", "y", "seed"})}
{
% include("halo.c.t")
% for i in each("i", L.y.h) do
    ${use("cnn_dropout")}(${plus("x", add(mul(i, L.x.row), L.x.origin))}, ${plus("y", add(mul(i, L.y.row), L.y.origin))}, ${L.y.w * L.y.c}, ${number(L.rate)}, ${i == 0 and "seed" or "seed + ((uint64_t)" .. i .. " << 48)"});
% end
}
