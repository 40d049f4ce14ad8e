package estimator

// stackRow says what a training stack keeps and its own defaults.
type stackRow struct {
	precision Precision
	grads     Grads
	stage     Stage
	bills     []bill
	context   []bill
}

// stacks has one row for each stack.
var stacks = [numStacks]stackRow{
	HF:        {AMP, GradsFP32, Stage0, textbookTrain, trainContext},
	DDP:       {AMP, GradsFP32, Stage0, textbookTrain, trainContext},
	DeepSpeed: {Mixed, GradsBF16, Stage0, textbookTrain, trainContext},
	FSDP:      {AMP, GradsFP32, Stage3, textbookTrain, trainContext},
	FSDP2:     {AMP, GradsFP32, Stage3, textbookTrain, trainContext},
	Megatron:  {Mixed, GradsFP32, Stage0, textbookTrain, trainContext},
	LitGPT:    {PureBF16, GradsBF16, Stage0, textbookTrain, trainContext},
	Torchtune: {PureBF16, GradsBF16, Stage0, textbookTrain, trainContext},
	Unsloth:   {PureBF16, GradsBF16, Stage0, textbookTrain, trainContext},
	Textbook:  {Mixed, GradsBoth, Stage0, textbookTrain, nil},
}

// trainContext is what the card shows beyond what torch allocated: context,
// libraries, and the allocator's slack.
var trainContext = []bill{{
	part: ContextPart, moments: WhileTraining, basis: Allowance, source: "one line through nvidia-smi and reserved figures",
	text:  "0.02 * allocated + 1.4 * GiB",
	bytes: func(s *sheet) float64 { return 0.02*s.allocated + 1.4*float64(GiB) },
}}

// bills lists what the question pays for.
func (s *sheet) bills() []bill {
	switch {
	case s.plan.Mode == Training:
		return stacks[s.plan.Train.Stack].bills
	case s.arch.SizeOnly():
		return sizeInfer
	default:
		return engines[s.plan.Serve.Engine].bills
	}
}

// contexts lists what comes on top of what is allocated.
func (s *sheet) contexts() []bill {
	if s.plan.Mode == Training {
		return stacks[s.plan.Train.Stack].context
	}
	return engines[s.plan.Serve.Engine].context
}

// finish fills in what follows from the parts: capacity, range, notes.
func (s *sheet) finish(b *Breakdown) {
	if s.plan.Mode == Training {
		b.Reserved = b.Total
	}
}
