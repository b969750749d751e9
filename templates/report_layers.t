% local r = load_template("report.lua")()
% local layers, large = M.layers, #M.layers > 24
% local _, params = r.most(layers, "params")
% local macs, bytes = 0, 0
% for _, l in ipairs(layers) do
%   macs = math.max(macs, l.macs + l.backward_macs)
%   bytes = math.max(bytes, l.params_bytes + l.predict_bytes, l.train_bytes)
% end
% local function part(class, value, most)
%   if value > 0 then
<i style="width:${r.length(100 * value / math.max(most, 1))}%;background:var(--${class})"></i>
%   end
% end
% if large then
%   local width, height = 1130, 92
%   local one = width / #layers
%   local function skyline(title, series, most)
<h3>${title}</h3>
<svg class="skyline" role="img" width="100%" viewBox="0 0 ${width} ${height + 4}"><title>${title}, layer by layer</title>
<path class="axis" d="M0 ${height}H${width}"/>
%       for i, l in ipairs(layers) do
%           local base, tip = height, l.name .. " (" .. l.kind .. "): "
%           for k, s in ipairs(series) do
%               tip = tip .. (k > 1 and ", " or "") .. s[3](l[s[1]]) .. " " .. s[4]
%           end
<g class="column"><title>${r.esc(tip)}</title><rect x="${r.length(one * (i - 1))}" y="0" width="${r.length(one)}" height="${height}" fill="transparent"/>
%           for _, s in ipairs(series) do
%               local h = (height - 4) * l[s[1]] / math.max(most, 1)
%               if h > 0 then
%                   base = base - h
<rect class="${s[2]}" x="${r.length(one * (i - 1) + 0.5)}" y="${r.length(base)}" width="${r.length(math.max(one - 1, 1))}" height="${r.length(h)}"/>
%               end
%           end
</g>
%       end
</svg>
%   end
%   skyline("Parameters", {{"params", "params", r.grouped, "parameters"}}, params)
%   skyline("Multiply-adds, forward and backward", {{"macs", "forward", r.grouped, "forward"}, {"backward_macs", "backward", r.grouped, "backward"}}, macs)
%   skyline("Bytes of buffers in training", {{"train_bytes", "train", r.bytes, "for a batch"}}, select(2, r.most(layers, "train_bytes")))
<h3>Layer by layer</h3>
% end
<div class="${large and "tall" or "scroll"}"><table class="layers">
<thead><tr><th>layer</th><th>kind</th><th>output</th><th>parameters</th><th>multiply-adds a sample<br/>forward + backward</th><th>bytes: parameters, predict,<br/>training (batch ${M.batch})</th></tr></thead>
<tbody>
% for _, l in ipairs(layers) do
<tr data-layer="${l.name}"><td><i class="dot" style="background:var(--${l.family})"></i>${l.name}</td><td class="soft">${l.kind}</td><td>${l.output}</td>
<td class="bar"${l.params_numbers ~= "" and ' title="' .. r.esc(l.params_numbers) .. '"' or ""}>
%   if l.params > 0 then
<div class="track">
%       part("params", l.params, params)
</div><span>${r.grouped(l.params)}</span>
%   end
</td><td class="bar"${l.macs_numbers ~= "" and ' title="forward: ' .. r.esc(l.macs_numbers) .. '"' or ""}>
%   if l.macs + l.backward_macs > 0 then
<div class="track">
%       part("forward", l.macs, macs)
%       part("backward", l.backward_macs, macs)
</div><span>${r.grouped(l.macs)}${l.backward_macs > 0 and " + " .. r.grouped(l.backward_macs) or ""}</span>
%   end
</td><td class="bar">
%   if l.params_bytes + l.predict_bytes + l.train_bytes > 0 then
<div class="track">
%       part("params", l.params_bytes, bytes)
%       part("predict", l.predict_bytes, bytes)
</div>
%       if l.train_bytes > 0 then
<div class="track">
%           part("train", l.train_bytes, bytes)
</div>
%       end
<span>${r.bytes(l.params_bytes)}, ${r.bytes(l.predict_bytes)}, ${r.bytes(l.train_bytes)}</span>
%   end
</td></tr>
% end
</tbody>
<tfoot><tr data-total=""><td>total</td><td></td><td></td><td>${r.grouped(M.params)}</td><td>${r.grouped(M.macs)}${M.backward_macs > 0 and " + " .. r.grouped(M.backward_macs) or ""}</td><td></td></tr></tfoot>
</table></div>
