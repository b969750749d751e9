return dense { 4 }
