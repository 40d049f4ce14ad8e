package estimator

// Resolved fills in the defaults of a plan for a model, the same ones that an
// estimate uses.
func (p Plan) Resolved(a Arch) Plan {
	p.resolve(&a)
	return p
}

func (p *Plan) resolve(a *Arch) {
	p.Batch = or(p.Batch, 1)
	p.GPUs = or(p.GPUs, or(p.Tensor, 1)*or(p.Pipeline, 1)*or(p.Context, 1))
	p.Expert, p.Context = or(p.Expert, 1), or(p.Context, 1)
	if a.SizeOnly() {
		p.Train.Stack, p.Serve.Engine = Textbook, TextbookEngine
	}
	if p.Mode == Training {
		p.resolveTraining()
	} else {
		p.resolveServing(a)
	}
}

func or[T comparable](value, otherwise T) T {
	var unset T
	if value == unset {
		return otherwise
	}
	return value
}

// defaultServeSeq is the context of a question that names none, tokens.
const defaultServeSeq = 4096

func (p *Plan) resolveServing(a *Arch) {
	if p.Train.Stack == Textbook {
		p.Serve.Engine = TextbookEngine
	}
	if p.Seq == 0 {
		p.Seq = defaultServeSeq
		if a.Context > 0 {
			p.Seq = min(p.Seq, a.Context)
		}
	}
	engines[p.Serve.Engine].resolve(p, a)
	p.Tensor, p.Pipeline = or(p.Tensor, 1), or(p.Pipeline, 1)
}

// defaultTrainSeq is the sequence of a question that names none, tokens.
const defaultTrainSeq = 2048

func (p *Plan) resolveTraining() {
	t := &p.Train
	p.Seq = or(p.Seq, defaultTrainSeq)
	p.Tensor, p.Pipeline = or(p.Tensor, 1), or(p.Pipeline, 1)
	if t.Stack == StackUnset {
		t.Stack = HF
		if t.ZeRO != StageUnset {
			t.Stack = DeepSpeed
		}
	}
	row := &stacks[t.Stack]
	t.ZeRO = or(t.ZeRO, row.stage)
	t.Precision = or(t.Precision, row.precision)
	t.Grads = or(t.Grads, row.grads)
	t.Accum = or(t.Accum, 1)
	t.Rank = or(t.Rank, 16)
	t.Targets = or(t.Targets, AllLinear)
}
