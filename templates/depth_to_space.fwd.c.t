% -- Channels of a pixel become a block of pixels, rows of blocks at a time.
${signature("forward", {"x", "y"})}
{
% include("halo.c.t")
% include("blocks.c.t", {B = {b = L.block, deep = L.x, large = L.y, from = "x", to = "y", spread = true}})
}
