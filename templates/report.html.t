% local r = load_template("report.lua")()
% local function key(items)
<ul class="key">
%   for _, item in ipairs(items) do
<li><i${item[3] and ' class="' .. item[3] .. '"' or ' style="background:var(--' .. item[1] .. ')"'}></i>${item[2]}</li>
%   end
</ul>
% end
% local train = M.memory.train
% local heavy, most_macs = r.most(M.layers, "macs")
% local rich, most_params = r.most(M.layers, "params")
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>${r.esc(M.name)}: what cnngen made of ${r.esc(M.spec)}</title>
<style>
% include("report.css.t")
</style>
</head>
<body><main>
<header>
<h1>${r.esc(M.name)}</h1>
<p class="soft">${M.input} in, ${M.output} out, ${r.plural(#M.layers, "layer")}; loss ${M.loss}, optimizer ${M.optimizer}, batch ${M.batch}${M.threads > 1 and ", " .. M.threads .. " threads" or ""}.
% if most_macs >= 0.1 * M.macs and M.macs > 0 then
<b>${heavy.name}</b> does ${r.share(most_macs, M.macs)} of the multiply-adds${most_params > 0 and (heavy == rich and " and" or ", <b>" .. rich.name .. "</b>") .. " holds " .. r.share(most_params, M.params) .. " of the parameters" or ""}.
% elseif M.macs > 0 then
No layer does more than ${r.share(most_macs, M.macs)} of the multiply-adds${most_params > 0 and " or holds more than " .. r.share(most_params, M.params) .. " of the parameters" or ""}.
% end
</p>
<div class="cards">
<div class="card" title="${r.grouped(M.params)}"><span>parameters</span><b>${r.short(M.params)}</b><span>${r.bytes(M.params_bytes)}${M.trainable < M.params and ", " .. r.grouped(M.trainable) .. " trainable" or ""}</span></div>
<div class="card" title="${r.grouped(M.macs)}"><span>multiply-adds for one answer</span><b>${r.short(M.macs)}</b><span>${M.backward_macs > 0 and r.short(M.backward_macs) .. " more to learn from one sample" or "nothing to train"}</span></div>
<div class="card" title="${r.grouped(M.scratch_bytes)} bytes"><span>memory of one answer</span><b>${r.bytes(M.scratch_bytes)}</b><span>at least ${r.bytes(M.memory.predict.lower_bound)} are alive at once</span></div>
% if train then
<div class="card" title="${r.grouped(M.tape_bytes)} bytes"><span>memory of a training step</span><b>${r.bytes(M.tape_bytes)}</b><span>${M.optimizer_bytes > 0 and "and " .. r.bytes(M.optimizer_bytes) .. " of the optimizer; " or ""}batch ${M.batch}</span></div>
% end
</div>
</header>
<div class="pair">
<section id="network" style="flex-basis:${math.max(M.graph.width + 54, 270)}px"><h2>The network</h2>
<p class="note">Data go downwards; the shape at the right of a box is its output. The line under a box: its part of the multiply-adds.</p>
% local named = {conv = "convolution", dense = "dense", pool = "pooling", norm = "norm", join = "sum, product, concat", shape = "other"}
% local found, families = {}, {}
% for _, b in ipairs(M.graph.boxes) do
%   if named[b.family] and not found[b.family] then
%       found[b.family] = true
%       families[#families + 1] = {b.family, named[b.family]}
%   end
% end
% key(families)
<div class="scroll">
% include("report_graph.t", {G = false})
</div>
</section>
<section id="layers" class="wide"><h2>What each layer costs</h2>
<p class="note">Backward counts a gradient of the parameters and one of the input as much as forward each, where they are wanted. Buffers share memory, so their bytes add up to more than the plan below.</p>
% key {{"params", "parameters"}, {"forward", "forward"}, {"backward", "backward"}, {"predict", "buffers to predict"}, {"train", "buffers to train"}}
% include("report_layers.t")
</section>
</div>
<section id="memory"><h2>Where everything lies in memory</h2>
<p class="note">Time goes to the right, addresses go up; each rectangle is a buffer with its fixed place, worked out when the C was written. The line of stairs is what is alive at that moment; no plan can be lower than its highest step, the lower bound.</p>
% local uses, seen = {}, {}
% for _, s in ipairs {M.memory.predict, train or {buffers = {}}} do
%   for _, b in ipairs(s.buffers) do
%       seen[b.use] = true
%   end
% end
% for _, use in ipairs {{"value", "outputs of layers"}, {"gradient", "gradients"}, {"kept", "kept for backward"}, {"work", "room to compute in"}} do
%   if seen[use[1]] then
%       uses[#uses + 1] = use
%   end
% end
% uses[#uses + 1] = {"", "alive at once", "stairs"}
% uses[#uses + 1] = {"", "lower bound", "dash"}
% key(uses)
<h3>To predict: ${r.grouped(M.memory.predict.bytes)} bytes, lower bound ${r.grouped(M.memory.predict.lower_bound)}</h3>
% include("report_memory.t", {S = M.memory.predict, H = 220, TITLE = "memory of predict", WHEN = function(t) return M.memory.predict.steps[t + 1] or "end" end})
% if train then
%   local n = #train.steps
<h3>To train${M.threads > 1 and ", each of " .. M.threads .. " parts of a batch" or ", batch " .. M.batch}: ${r.grouped(train.bytes)} bytes, lower bound ${r.grouped(train.lower_bound)}</h3>
%   include("report_memory.t", {S = train, H = 300, TITLE = "memory of a training step", WHEN = function(t) return t < n and train.steps[t + 1] or t == n and "loss" or "d " .. train.steps[2 * n - t + 1] end})
<p class="note">Forward from the left, the loss in the middle, and backward from there (“d conv1”: the gradients of conv1).${M.tape_bytes > train.bytes and " The tape is larger by the sums of the gradients (" .. r.bytes(M.tape_bytes - M.threads * train.bytes) .. ")." or ""}</p>
% end
</section>
% if #M.filters > 0 then
<section id="filters"><h2>${M.trainable > 0 and "What it has learned" or "Its kernels"}</h2>
<p class="note">Kernels of the first layers. White is zero, red above, blue below, one scale for each layer; a first layer on colours is drawn in colours.</p>
%   for _, f in ipairs(M.filters) do
<figure><figcaption><b>${f.name}</b><span class="soft">${r.esc(f.what)}</span></figcaption><img class="pixels" alt="kernels of ${f.name}" width="${f.width}" height="${f.height}" src="${f.image}"/></figure>
%   end
</section>
% end
% if #M.maps > 0 or #M.outputs > 0 then
<section id="maps"><h2>What it sees in a sample</h2>
<p class="note">One layer of each resolution; every map from its own least (dark) to its own largest value (bright).</p>
%   for _, f in ipairs(M.maps) do
<figure><figcaption><b>${f.name}</b><span class="soft">${r.esc(f.what)}</span></figcaption><img class="pixels" alt="feature maps of ${f.name}" width="${f.width}" height="${f.height}" src="${f.image}"/></figure>
%   end
%   if #M.outputs > 0 then
<h3>Its answer: the largest of the ${M.output} outputs</h3>
<div class="outputs">
%       for _, o in ipairs(M.outputs) do
<span>output ${o.index}</span><div class="track">
%           if o.part >= 0 then
<i style="width:${r.length(o.part / 10)}%;background:var(--forward)"></i>
%           end
</div><span>${o.value}</span>
%       end
</div>
%   end
</section>
% end
% if #M.tiles > 0 then
<section id="tiles"><h2>How the loops are cut</h2>
<p class="note">A tile is what stays in registers during a sum: “2x6” is 2 ${M.tile_unit}s of channels times 6 pixels (of a dense layer: samples, or inputs). A second number is for what is left over. Lanes: how many of a vector of 16, 8 and 4 floats do useful work.</p>
<div class="${#M.tiles > 24 and "tall" or "scroll"}"><table class="tiles">
<thead><tr><th>step</th><th>pass</th><th>form</th><th>tiles</th><th>lanes of 16</th><th>of 8</th><th>of 4</th></tr></thead><tbody>
%   local before
%   for _, t in ipairs(M.tiles) do
<tr><td>${t.step ~= before and t.step or ""}</td><td class="soft">${t.pass}</td><td>${t.form}</td><td><code>${r.esc(t.tiles)}</code></td>
%       for _, lanes in ipairs {"used16", "used8", "used4"} do
<td>${t[lanes]} %</td>
%       end
</tr>
%       before = t.step
%   end
</tbody></table></div>
</section>
% end
<footer>cnngen ${M.version}, ${r.esc(M.spec)}, ${M.real}. The table as text: <code>cnngen summary ${r.esc(M.spec)}</code></footer>
</main></body>
</html>
