-- report.lua: words and numbers for the templates of a report.
local report = {}
local entities = {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;"}

function report.esc(text)
    return (text:gsub('[&<>"]', entities))
end

-- 2631040 → "2,631,040"
function report.grouped(n)
    local text = ("%d"):format(n)
    return (text:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", ""))
end

local function scaled(n, base, units)
    local unit = 0
    local value = n
    while value >= base * 0.9995 and unit < #units do
        value, unit = value / base, unit + 1
    end
    if unit == 0 then
        return ("%d"):format(n)
    end
    return (value < 9.995 and "%.2f %s" or value < 99.95 and "%.1f %s" or "%.0f %s"):format(value, units[unit])
end

-- 2631040 → "2.63 M"
function report.short(n)
    return scaled(n, 1000, {"K", "M", "G", "T"})
end

-- 313792 → "306 KiB"
function report.bytes(n)
    local text = scaled(n, 1024, {"KiB", "MiB", "GiB", "TiB"})
    return n < 1024 * 0.9995 and text .. " B" or text
end

-- At most n letters.
function report.fit(text, n)
    return #text <= n and text or text:sub(1, math.max(n - 1, 1)) .. "…"
end

function report.share(part, whole)
    local value = whole > 0 and 100 * part / whole or 0
    return (value >= 9.95 and "%.0f %%" or value >= 0.05 and "%.1f %%" or "%.0f %%"):format(value)
end

function report.most(list, field)
    local most = list[1]
    for _, item in ipairs(list) do
        if item[field] > most[field] then
            most = item
        end
    end
    return most, most and most[field] or 0
end

-- A length in tenths of a pixel or per cent, as text.
function report.length(value)
    return ("%.1f"):format(value)
end

function report.plural(n, word)
    return ("%d %s%s"):format(n, word, n == 1 and "" or "s")
end

return report
