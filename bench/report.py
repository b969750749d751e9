def write(bench, peers, folder):
    for r in bench.rows: print(r.model, r.kind, r.name, r.median*1e6, min(r.samples)*1e6, r.error)
    for b in bench.builds: print(b[0], b[1].label, b[2].generate_ms,b[2].lines,b[2].compile_ms,b[2].text)
    print(bench.skips)
