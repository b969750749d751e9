return function(dir, message) return message end
