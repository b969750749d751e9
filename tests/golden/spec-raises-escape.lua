error("\27[31mred\7")
