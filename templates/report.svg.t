% include("report_graph.t", {G = true})
