return model {
	input = "8",
	dense	{ 4, units	= 5 },
}
