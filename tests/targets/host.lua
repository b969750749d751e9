-- The machine the tests run on: what all others are compared with.
return {compiler = "gcc", flags = "", port = "hosted.c", link = "", runner = ""}
