${signature("backward", {"dy", "dx", "work", "seed"})}
{
    ${use("cnn_dropout_factors")}(work, ${L.y.c}, ${number(L.rate)}, seed);
% include("channel_factors.c.t", {from = {base = "dy", view = L.y}, to = {base = "dx", view = L.x}})
}
