--[==[ dense { 0 } ]]
]==] return model { input = "8", --[[ { ]] dense { 0 } }
