package estimator

// trainLetters are the quantities of a training run, on the fullest GPU.
var trainLetters = []letter{
	{"P", "parameters on one rank, before ZeRO divides them", func(s *sheet) float64 { return s.P }},
	{"Pm", "those of the blocks' linears", func(s *sheet) float64 { return s.Pm }},
	{"Pe", "those of embedding and head", func(s *sheet) float64 { return s.Pe }},
	{"Ps", "those of norms, biases and the rest", func(s *sheet) float64 { return s.Ps }},
	{"Px", "those of routed experts", func(s *sheet) float64 { return s.Px }},
	{"Ad", "parameters of the adapters on one rank", func(s *sheet) float64 { return s.A }},
	{"Rt", "parameters of the unit that is gathered first: embedding and head", func(s *sheet) float64 { return s.Rt }},
	{"wb", "bytes of a weight of the frozen linears", func(s *sheet) float64 { return s.base }},
	{"Lay", "parameters of the largest block on one rank", func(s *sheet) float64 { return s.Lay }},
	{"Nox", "ranks that share the experts' optimizer states", func(s *sheet) float64 { return s.Nox }},
	{"Ngx", "ranks that share the experts' gradients", func(s *sheet) float64 { return s.Ngx }},
	{"Nwx", "ranks that share the experts' weights", func(s *sheet) float64 { return s.Nwx }},
	{"rank", "rank of the adapters", func(s *sheet) float64 { return s.rank }},
	{"share", "share of the blocks on the fullest stage", func(s *sheet) float64 { return s.share }},
	{"mb", "micro-batches in flight on the fullest stage", func(s *sheet) float64 { return s.mb }},
	{"Vp", "vocabulary as the stack pads it", func(s *sheet) float64 { return s.Vp }},
	{"Ch", "tokens that the loss works on at once", func(s *sheet) float64 { return s.chunkTokens() }},
	{"Enc", "bytes that an encoder keeps for each token", func(s *sheet) float64 { return s.Enc }},
	{"Im", "images or sounds at once, one a sequence", func(s *sheet) float64 { return s.Im }},
	{"Tow", "bytes that the towers keep of each", func(s *sheet) float64 { return s.Tow }},
	{"big", "elements of the largest tensor", func(s *sheet) float64 { return s.dims.largest }},
	{"sides", "rows and columns of all matrices", func(s *sheet) float64 { return s.dims.sides }},
	{"long", "longer sides of all matrices", func(s *sheet) float64 { return s.dims.long }},
	{"short", "shorter sides of all matrices", func(s *sheet) float64 { return s.dims.short }},
}
