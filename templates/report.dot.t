digraph ${M.name} {
  node [shape=box, style=rounded, fontname="sans-serif", fontsize=11];
  edge [fontname="sans-serif", fontsize=9];
% for _, b in ipairs(M.graph.boxes) do
  "${b.name}" [label="${b.name}${b.what ~= "" and "\\n" .. b.what or ""}${b.rest ~= "" and "\\n+ " .. b.rest or ""}\n${b.shape}"];
% end
% for _, e in ipairs(M.graph.edges) do
  "${e.from}" -> "${e.to}" [label="${e.shape}"];
% end
}
