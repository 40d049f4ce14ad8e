package hfhub

import (
	"strings"

	"github.com/tidwall/gjson"

	"membot/estimator"
)

// training adds what matters to training alone: how norms multiply, what bounds
// the attention's logits, and the model's own dropout.
func (r *reader) training(a *estimator.Arch) {
	a.Dropout = r.dropout()
	for i := range a.Layers {
		l := &a.Layers[i]
		l.FFN.WrittenGELU = r.activation() == "gelu_new"
		l.FloatNorm = !l.NormBias && floatNorms(r.name)
		l.Mixer.Cap = l.Mixer.Kind.Attends() && r.capped()
	}
}

// floatNorms says whether the family's RMSNorm multiplies by its weight before
// it casts back to 16 bits, as its modelling code in transformers does.
func floatNorms(family string) bool {
	for _, prefix := range []string{"gemma", "olmo2", "olmo3", "qwen3_next", "qwen3_5", "recurrent_gemma", "t5gemma", "t5_gemma"} {
		if strings.HasPrefix(family, prefix) {
			return true
		}
	}
	return false
}

// newGELU are the families whose class has gelu_new where the config says
// nothing.
var newGELU = map[string]bool{"gpt2": true, "gptj": true, "gpt_neo": true, "codegen": true, "phi": true}

// activation names the FFN's activation.
func (r *reader) activation() string {
	for _, key := range []string{"activation_function", "hidden_act", "hidden_activation", "activation"} {
		if v, ok := r.block.get(key); ok && v.Type == gjson.String {
			return v.String()
		}
	}
	if newGELU[r.name] {
		return "gelu_new"
	}
	return ""
}

// capped says whether a tanh bounds the attention's logits; Gemma 2 has one
// unless its config says null.
func (r *reader) capped() bool {
	v, ok := r.block.get("attn_logit_softcapping")
	if !ok {
		return strings.HasPrefix(r.name, "gemma2") || r.name == "t5_gemma_module"
	}
	return v.Type == gjson.Number && v.Float() > 0
}

// dropoutKeys name dropout of hidden states, then of attention alone.
var dropoutKeys = []string{
	"resid_pdrop", "hidden_dropout_prob", "hidden_dropout", "dropout_rate", "residual_dropout", "resid_dropout", "dropout",
	"attn_pdrop", "attention_probs_dropout_prob", "attention_dropout", "attn_dropout_prob",
}

// ownDropout is what a family's class has where the config says nothing.
var ownDropout = map[string]float64{
	"gpt2": 0.1, "bert": 0.1, "roberta": 0.1, "xlm-roberta": 0.1, "distilbert": 0.1, "electra": 0.1, "t5": 0.1, "mt5": 0.1, "opt": 0.1, "bart": 0.1,
}

func (r *reader) dropout() float64 {
	for _, key := range dropoutKeys {
		if v, ok := r.block.get(key); ok && v.Type == gjson.Number {
			return min(max(v.Float(), 0), 0.99)
		}
	}
	return ownDropout[r.name]
}
