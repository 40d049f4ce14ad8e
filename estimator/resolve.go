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
	if a.sizeOnly() && !p.adaptsSize(a) {
		p.Train.Stack, p.Serve.Engine = Textbook, TextbookEngine
	}
	if p.Mode == Training {
		p.resolveTraining(a)
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
		p.Serve.ModelLength = true
		p.Seq = defaultServeSeq
		if a.Context > 0 {
			p.Seq = min(p.Seq, a.Context)
		}
	}
	engines[p.Serve.Engine].resolve(p, a)
	p.Tensor, p.Pipeline = or(p.Tensor, 1), or(p.Pipeline, 1)
}
