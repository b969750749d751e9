_G.dense = nil
