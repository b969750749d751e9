% -- Zeros around y, when its reader wants a border: before the first pixel, between the rows, behind the last.
% if L.halo then include("frame.c.t", {F = {name = "y", origin = L.y.origin, row = L.y.row, inner = L.y.w * L.y.c, rows = L.y.h, count = L.y.buffer}}) end
