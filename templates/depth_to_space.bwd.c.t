${signature("backward", {"dy", "dx"})}
{
% include("blocks.c.t", {B = {b = L.block, deep = L.x, large = L.y, from = "dy", to = "dx", spread = false}})
}
