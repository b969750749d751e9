return model { input = "8", dense { 4, name = "\xc2\x9b2J\xed\xa0\x80" }, --[[ 漢 �😀 ]] dense { 0 } }
