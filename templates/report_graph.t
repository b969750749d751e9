% local r = load_template("report.lua")()
% local g = M.graph
% local _, most = r.most(g.boxes, "macs")
<svg xmlns="http://www.w3.org/2000/svg" class="graph" role="img" width="${g.width}" height="${g.height}" viewBox="0 0 ${g.width} ${g.height}">
<title>${r.esc(M.name)}: the network as a graph</title>
% if G then
<style>
% include("report.css.t")
</style>
% end
% for _, e in ipairs(g.edges) do
<path class="edge" d="${e.path}"><title>${e.from} to ${e.to}: ${e.shape}</title></path>
% end
% for _, b in ipairs(g.boxes) do
%   local tip = b.name .. (b.rest ~= "" and ", " .. b.rest or "") .. ": " .. b.what .. " to " .. b.shape
%   if b.family ~= "input" then
%       tip = ("%s; %s parameters, %s multiply-adds"):format(tip, r.grouped(b.params), r.grouped(b.macs))
%   end
<g class="node" transform="translate(${b.x} ${b.y})"><title>${r.esc(tip)}</title>
<rect class="box" width="${g.box_width}" height="${g.box_height}" rx="7"/>
<rect class="${b.family}" x="6" y="8" width="4" height="${g.box_height - 16}" rx="2"/>
%   local room = math.floor((g.box_width - 33 - 6.4 * #b.shape) / 7.7)
%   local low = #b.name > room
%   local second = b.rest ~= "" and 30 or 33
<text x="18" y="18" font-size="12.5" font-weight="600">${r.fit(b.name, low and 18 or room)}</text>
<text x="${g.box_width - 9}" y="${low and second or 18}" font-size="11" text-anchor="end" class="s">${b.shape}</text>
<text x="18" y="${second}" font-size="11" class="s">${b.family == "input" and "what goes in" or r.fit(r.esc(b.what), low and 20 - #b.shape or 24)}</text>
%   if b.rest ~= "" then
<text x="18" y="41" font-size="9.5" class="s">+ ${r.fit(b.rest, 30)}</text>
%   end
%   if b.macs > 0 then
<rect class="${b.family}" x="18" y="${g.box_height - 3}" width="${r.length((g.box_width - 27) * b.macs / most)}" height="3"/>
%   end
</g>
% end
</svg>
