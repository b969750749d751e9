${signature("backward", {"dy", "dx"})}
{
% include("blocks.c.t", {B = {b = L.block, deep = L.y, large = L.x, from = "dy", to = "dx", spread = true}})
}
