% -- Blocks of pixels become the channels of one, rows of blocks at a time.
${signature("forward", {"x", "y"})}
{
% include("halo.c.t")
% include("blocks.c.t", {B = {b = L.block, deep = L.y, large = L.x, from = "x", to = "y", spread = false}})
}
