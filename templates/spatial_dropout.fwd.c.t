% -- Drops whole channels by a mask that seed and channel decide, so that backward can make it again.
${signature("forward", {"x", "y", "work", "seed"})}
{
% include("halo.c.t")
    ${use("cnn_dropout_factors")}(work, ${L.y.c}, ${number(L.rate)}, seed);
% include("channel_factors.c.t", {from = {base = "x", view = L.x}, to = {base = "y", view = L.y}})
}
