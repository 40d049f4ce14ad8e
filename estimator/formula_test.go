package estimator

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// evaluate works out a shown formula with the Go toolchain's own evaluator.
func evaluate(t *testing.T, b Breakdown, formula string) float64 {
	t.Helper()
	pkg := types.NewPackage("formula", "formula")
	for _, l := range b.Letters {
		pkg.Scope().Insert(types.NewConst(token.NoPos, pkg, l.Name, types.Typ[types.UntypedFloat], constant.MakeFloat64(l.Value)))
	}
	tv, err := types.Eval(token.NewFileSet(), pkg, token.NoPos, formula)
	require.NoError(t, err, formula)
	value, _ := constant.Float64Val(constant.ToFloat(tv.Value))
	return value
}

// requireShown checks that every part's bytes are what its formula says, that
// the parts of the deciding moment sum to the total, and that Peak agrees.
func requireShown(t *testing.T, a Arch, p Plan) Breakdown {
	t.Helper()
	b, err := Estimate(a, p)
	require.NoError(t, err)
	total := Bytes(0)
	for _, part := range b.Parts {
		want := evaluate(t, b, part.Formula)
		slack := 8 + want*1e-12 // each bill is rounded up to a whole byte
		require.LessOrEqual(t, math.Abs(float64(part.Bytes)-want), slack, "%s: %s = %.0f, but Bytes = %d", part.Name, part.Formula, want, part.Bytes)
		require.NotEmpty(t, part.Source, part.Name)
		if part.Moments.Has(b.Moment) {
			total += part.Bytes
		}
	}
	require.Equal(t, total, b.Total)
	requireMomentsAddUp(t, b)
	peak, err := Peak(a, p)
	require.NoError(t, err)
	require.Equal(t, b.Total, peak)
	return b
}

func TestFormulaIsWhatWasComputed(t *testing.T) {
	for name, a := range testArchs(t) {
		for i, p := range testPlans() {
			t.Run(fmt.Sprintf("%s/%d", name, i), func(t *testing.T) { requireShown(t, a, p) })
		}
	}
}

// Every letter of the tables is one that the formula evaluator can read, and
// means something.
func TestLettersAreNamed(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range letters {
		require.False(t, seen[l.name], l.name)
		require.NotEmpty(t, l.meaning)
		seen[l.name] = true
	}
	for _, l := range blockLetters {
		require.False(t, seen[l.name], l.name)
		require.NotEmpty(t, l.meaning)
		seen[l.name] = true
	}
}

// requireMomentsAddUp checks that the parts listed at the named moment that
// decides are the total, and those of no other name are more.
func requireMomentsAddUp(t *testing.T, b Breakdown) {
	t.Helper()
	sums := map[string]Bytes{}
	for _, part := range b.Parts {
		for _, name := range part.Moments.Names() {
			sums[name] += part.Bytes
		}
	}
	require.Equal(t, b.Total, sums[b.Moment.String()])
	for name, sum := range sums {
		require.LessOrEqual(t, sum, b.Total, name)
	}
}

// The exponent of a number is no letter: 1e+09 names no experts.
func TestNumberIsNoLetter(t *testing.T) {
	b, err := Estimate(llama3(t), Plan{Mode: Training, GPUs: 8, Train: Train{ZeRO: Stage2}})
	require.NoError(t, err)
	formulas := ""
	for _, part := range b.Parts {
		formulas += part.Formula + "; "
	}
	require.Contains(t, formulas, "1e+09")
	for _, l := range b.Letters {
		require.NotEqual(t, "e", l.Name)
	}
}
