package estimator

// recipeOf finds the recipe of a GGUF format; formats without a row hold every
// matrix in themselves, the head too.
func recipeOf(t DType) *recipe {
	if r := &recipes[t]; r.base != Stored {
		return r
	}
	return nil
}

// eightExperts are the formats that models of eight experts get for keys and
// values in most recipes.
var eightExperts = []mix{{attnV, always, eight, Q8_0}, {attnK, always, eight, Q8_0}}

func with(more []mix, mixes ...mix) []mix { return append(append([]mix{}, more...), mixes...) }

// low are the mixes of the formats of one and two bits: values, the first
// eighth of down projections and the way out get a little more.
func low(values, out DType) []mix {
	return []mix{
		{attnV, always, shared, Q4K},
		{attnV, always, unshared, values},
		{attnK, always, eight, Q4K},
		{ffnDown, firstEighth, anyModel, values},
		{attnOut, always, eight, Q5K},
		{attnOut, always, notEight, out},
	}
}

// recipes has one row for each GGUF format that people name.
var recipes = [numDTypes]recipe{
	Q8_0: {base: Q8_0},
	Q4_0: {base: Q4_0, output: Q6K, mixes: eightExperts},
	Q4_1: {base: Q4_1, output: Q6K, mixes: eightExperts},
	Q5_0: {base: Q5_0, output: Q6K, mixes: eightExperts},
	Q5_1: {base: Q5_1, output: Q6K, mixes: eightExperts},
	Q6K:  {base: Q6K, output: Q6K, mixes: eightExperts},
	Q2K: {base: Q2K, output: Q6K, mixes: with(
		eightExperts,
		mix{attnV, always, grouped, Q4K},
		mix{attnV, always, ungrouped, Q3K},
		mix{ffnDown, always, anyModel, Q3K},
		mix{attnOut, always, eight, Q5K},
		mix{attnOut, always, notEight, Q3K},
	)},
	Q2KS: {base: Q2K, output: Q6K, mixes: with(
		eightExperts,
		mix{attnV, always, grouped, Q4K},
		mix{ffnDown, firstEighth, anyModel, Q4K},
	)},
	Q3KS: {base: Q3K, output: Q6K, mixes: with(
		eightExperts,
		mix{attnV, always, eighty, Q5K},
		mix{attnOut, always, eight, Q5K},
	)},
	Q3K:  q3Medium,
	Q3KM: q3Medium,
	Q3KL: {base: Q3K, output: Q6K, mixes: with(
		eightExperts,
		mix{attnV, always, anyModel, Q5K},
		mix{ffnDown, always, anyModel, Q5K},
		mix{attnOut, always, notEight, Q5K},
		mix{attnFused, always, anyModel, Q4K},
	)},
	Q4KS: {base: Q4K, output: Q6K, mixes: with(
		eightExperts,
		mix{attnV, always, eighty, Q5K},
		mix{attnV, firstFour, anyModel, Q5K},
		mix{ffnDown, firstEighth, anyModel, Q5K},
		mix{attnOut, always, eight, Q5K},
	)},
	Q4K:  q4Medium,
	Q4KM: q4Medium,
	Q5KS: {base: Q5K, output: Q6K, mixes: eightExperts},
	Q5K:  q5Medium,
	Q5KM: q5Medium,
	IQ4NL: {base: IQ4NL, output: Q6K, mixes: with(
		eightExperts,
		mix{attnV, always, grouped, Q5K},
		mix{ffnDown, firstEighth, anyModel, Q5K},
		mix{attnOut, always, eight, Q5K},
	)},
	IQ4XS: {base: IQ4XS, output: Q6K, mixes: with(
		eightExperts,
		mix{attnV, always, grouped, Q5K},
		mix{ffnDown, firstEighth, anyModel, Q5K},
		mix{attnOut, always, eight, Q5K},
	)},
	IQ3S: {base: IQ3S, output: Q6K, mixes: with(
		eightExperts,
		mix{attnV, always, grouped, Q4K},
		mix{attnOut, always, eight, Q5K},
	)},
	IQ3M: {base: IQ3S, output: Q6K, mixes: with(
		eightExperts,
		mix{attnV, always, anyModel, Q4K},
		mix{ffnDown, firstEighth, anyModel, Q4K},
		mix{attnOut, always, eight, Q5K},
		mix{attnOut, always, notEight, Q4K},
		mix{attnFused, always, anyModel, Q4K},
	)},
	IQ3XS: {base: IQ3S, output: Q6K, mixes: with(
		eightExperts,
		mix{attnV, always, grouped, Q4K},
		mix{attnK, always, anyModel, IQ3XXS},
		mix{attnQ, always, anyModel, IQ3XXS},
		mix{ffnGate, middle, anyModel, IQ3XXS},
		mix{ffnUp, middle, anyModel, IQ3XXS},
		mix{attnOut, always, eight, Q5K},
	)},
	IQ3XXS: {base: IQ3XXS, embed: IQ3S, output: Q5K, mixes: with(
		eightExperts,
		mix{attnV, always, grouped, Q4K},
		mix{attnK, always, anyModel, IQ2S},
		mix{attnQ, always, anyModel, IQ2S},
		mix{attnOut, always, eight, Q5K},
		mix{attnOut, always, notEight, IQ3S},
	)},
	IQ2XXS: {base: IQ2XXS, embed: Q2K, output: Q5K, mixes: low(Q2K, IQ2XXS)},
	IQ2XS:  {base: IQ2XS, embed: Q2K, output: Q5K, mixes: low(Q2K, IQ2XS)},
	IQ2S:   {base: IQ2XS, embed: IQ3S, output: Q5K, mixes: low(IQ3S, IQ3S)},
	IQ2M:   {base: IQ2S, embed: IQ3S, output: Q5K, mixes: low(IQ3S, IQ3S)},
	IQ1S:   {base: IQ1S, embed: Q2K, output: Q5K, mixes: low(Q2K, IQ2XXS)},
	IQ1M:   {base: IQ1M, embed: Q2K, output: Q5K, mixes: low(Q2K, IQ2XXS)},
}

var q3Medium = recipe{base: Q3K, output: Q6K, mixes: with(
	eightExperts,
	mix{attnV, firstTwo, anyModel, Q5K},
	mix{attnV, always, eighty, Q5K},
	mix{attnV, always, anyModel, Q4K},
	mix{ffnDown, firstSixteen, anyModel, Q5K},
	mix{ffnDown, always, anyModel, Q4K},
	mix{attnOut, always, eight, Q5K},
	mix{attnOut, always, notEight, Q4K},
	mix{attnFused, always, anyModel, Q4K},
)}

var q4Medium = recipe{base: Q4K, output: Q6K, mixes: with(
	eightExperts,
	mix{attnV, moreBits, anyModel, Q6K},
	mix{attnV, always, eighty, Q5K},
	mix{ffnDown, moreBits, anyModel, Q6K},
	mix{attnOut, always, eight, Q5K},
	mix{attnFused, always, anyModel, Q5K},
)}

var q5Medium = recipe{base: Q5K, output: Q6K, mixes: with(
	eightExperts,
	mix{attnV, moreBits, anyModel, Q6K},
	mix{ffnDown, moreBits, anyModel, Q6K},
	mix{attnFused, always, anyModel, Q6K},
)}
