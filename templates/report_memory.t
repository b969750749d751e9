% local r = load_template("report.lua")()
% local s, left, top, width, height = S, 68, 20, 1062, H
% local full = math.max(s.bytes, 1)
% local function x(t) return r.length(left + width * t / s.times) end
% local function y(a) return r.length(top + height - height * a / full) end
% local one = width / s.times
% local foot = one < 90 and 64 or 28
<div class="scroll"><svg role="img" class="memory" width="1136" height="${top + height + foot}" viewBox="0 0 1136 ${top + height + foot}">
<title>${r.esc(TITLE)}</title>
% for i = 0, 4 do
<path class="grid" d="M${left} ${y(full * i / 4)}H${left + width}"/>
<text class="s" x="${left - 8}" y="${r.length(top + height - height * i / 4 + 4)}" font-size="11" text-anchor="end">${i == 0 and "0" or r.bytes(full * i // 4)}</text>
% end
% for _, b in ipairs(s.buffers) do
%   local w, h = one * (b.last + 1 - b.first), height * b.bytes / full
<rect class="${h >= 4 and w >= 4 and "buffer " or ""}${b.use}" x="${x(b.first)}" y="${y(b.offset + b.bytes)}" width="${r.length(w)}" height="${r.length(h)}"><title>${b.name}: ${r.grouped(b.bytes)} bytes at ${r.grouped(b.offset)}${b.samples > 1 and ", for " .. b.samples .. " samples" or ""}, from ${WHEN(b.first)} to ${WHEN(b.last)}</title></rect>
% end
% local stairs = {}
% for t, bytes in ipairs(s.alive) do
%   stairs[t] = ("%s%s %sH%s"):format(t == 1 and "M" or "L", x(t - 1), y(bytes), x(t))
% end
% if #stairs > 0 then
<path class="alive" d="${table.concat(stairs)}"/>
% end
% for _, b in ipairs(s.buffers) do
%   local w, h = one * (b.last + 1 - b.first), height * b.bytes / full
%   local label = b.name .. " " .. r.bytes(b.bytes)
%   if h >= 14 and w >= 6.4 * #b.name + 8 then
<text x="${r.length(left + width * b.first / s.times + 5)}" y="${r.length(top + height - height * (b.offset + b.bytes) / full + 12)}" font-size="11" pointer-events="none">${w >= 6.4 * #label + 8 and label or b.name}</text>
%   end
% end
<path class="bound" d="M${left} ${y(s.lower_bound)}H${left + width}"/>
<text class="red" x="${left + width}" y="${r.length(top + height - height * s.lower_bound / full - 5)}" font-size="11" text-anchor="end">lower bound ${r.bytes(s.lower_bound)}</text>
<path class="axis" d="M${left} ${top}V${top + height}H${left + width}"/>
% for t = 0, s.times - 1 do
%   local name = WHEN(t)
%   local tilt = one < 90
%   local every = math.max(1, math.ceil(15 / one))
%   if t % every == 0 then
%       if tilt then
<text class="s" transform="translate(${r.length(left + one * (t + 0.5) + 3)} ${top + height + 12}) rotate(-38)" font-size="10" text-anchor="end">${r.fit(name, 12)}</text>
%       else
<text class="s" x="${r.length(left + one * (t + 0.5))}" y="${top + height + 16}" font-size="11" text-anchor="middle">${r.fit(name, math.max(5, math.floor(one / 6.5)))}</text>
%       end
%   end
% end
</svg></div>
